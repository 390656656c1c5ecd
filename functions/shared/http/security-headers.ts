/** Nothing here is a page: no browser is to guess a type, run a script of it or put it into a frame. */
export const basicHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const

/** What every response carries; with HSTS (RFC 6797) where clients come over TLS. Pairs, made once. */
export const securityHeaders = (publicUrl = ''): readonly (readonly [string, string])[] =>
  Object.entries({
    ...basicHeaders,
    ...(publicUrl.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
  })
