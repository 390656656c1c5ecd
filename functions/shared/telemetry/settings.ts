// OpenTelemetry's own variables decide whether traces are sent. They are read first, so that the SDK is loaded only if so.

export interface TraceSettings {
  readonly isOn: boolean
  /** Values that count as absent, as the specification wants it. */
  readonly warnings: readonly string[]
}

interface TraceVariables {
  readonly OTEL_SDK_DISABLED?: string | undefined
  readonly OTEL_TRACES_EXPORTER?: string | undefined
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined
}

/**
 * The specification's default is to send traces to a collector on this machine. Here it takes an endpoint, or `otlp` in
 * OTEL_TRACES_EXPORTER: most installations have no collector.
 */
export function traceSettings(variables: TraceVariables): TraceSettings {
  const disabled = wordsOf(variables.OTEL_SDK_DISABLED)
  const exporters = wordsOf(variables.OTEL_TRACES_EXPORTER)
  const hasEndpoint =
    variables.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined ||
    variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined
  const isOff = disabled.includes('true') || exporters.includes('none')
  return {
    isOn: !isOff && (hasEndpoint || exporters.includes('otlp')),
    warnings: [
      ...(disabled.some(word => word !== 'true' && word !== 'false')
        ? ['OTEL_SDK_DISABLED is neither true nor false, so it is false']
        : []),
      ...(exporters.some(word => word !== 'otlp' && word !== 'none')
        ? ['OTEL_TRACES_EXPORTER names an exporter that is not here; there are otlp and none']
        : []),
    ],
  }
}

const wordsOf = (value = ''): readonly string[] =>
  value
    .toLowerCase()
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '')
