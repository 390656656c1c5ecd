const codes = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'ETIMEDOUT']

/** Describes an error about a server that does not respond; undefined for any other error. */
export function unreachableText(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && codes.includes(String(error.code)))) return undefined
  // `localhost` is two addresses, and then the message is in the errors of both.
  const { message } = error instanceof AggregateError ? error.errors[0] : error
  return `the server does not respond (${message}). Start it, with \`make dev\` where it is that of make dev, or correct its address.`
}
