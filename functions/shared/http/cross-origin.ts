/** Header fields of responses that pages of other origins may read. */
export const exposedHeaders = [
  ...['etag', 'location', 'age', 'content-disposition', 'idempotency-replayed', 'allow'],
  ...['retry-after', 'www-authenticate', 'x-request-id'],
  ...['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
]

const exposed = exposedHeaders.join(',')

/** Header fields of a response that is made without the app: a page of an allowed origin learns why, and when to try again. */
export function crossOriginHeaders(
  allowed: readonly string[],
  origin: string | undefined,
): Readonly<Record<string, string>> {
  const isAny = allowed.includes('*')
  if (origin === undefined || !(isAny || allowed.includes(origin))) return {}
  return {
    'access-control-allow-origin': isAny ? '*' : origin,
    'access-control-expose-headers': exposed,
    vary: 'Origin',
  }
}
