const protocols = ['http/protobuf', 'http/json'] as const
export type Protocol = (typeof protocols)[number]

const names = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL']

/**
 * Reads the encoding of traces. A value that is none of these counts as absent, after a warning, as the specification wants;
 * gRPC would take HTTP/2 and a second client.
 */
export function readProtocol(
  environment: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void,
): Protocol {
  for (const name of names) {
    const given = environment[name]?.trim().toLowerCase() ?? ''
    const known = protocols.find(one => one === given)
    if (known !== undefined) return known
    if (given !== '') warn(`${name} is not supported and ignored; there are ${protocols.join(' and ')}`)
  }
  return protocols[0]
}
