/** No response is a page: browsers must not guess its type, run its scripts or frame it. */
export const basicHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const

/** Header fields of every response; with HSTS (RFC 6797) where clients use TLS. Pairs, made once. */
export const securityHeaders = (publicUrl = ''): readonly (readonly [string, string])[] =>
  Object.entries({
    ...basicHeaders,
    ...(publicUrl.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
  })
