const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }

/** Response headers by name. */
export const componentHeaders = {
  'X-Request-Id': {
    description: 'The id of the request, also in `requestId` of a problem.',
    required: true,
    schema: text,
  },
  'Cache-Control': {
    description: 'Who may store the response, and for how long (RFC 9111).',
    schema: text,
  },
  ETag: { description: 'The current version (RFC 9110, 8.8.3).', schema: text },
  Allow: { description: 'The methods of the path; sent with 405.', schema: text },
  'Retry-After': { description: 'Seconds to wait before the next attempt.', schema: count },
  'WWW-Authenticate': {
    description:
      'The scheme `Bearer`, with `error="invalid_token"` if an invalid token was sent (RFC 6750, 3).',
    required: true,
    schema: text,
  },
  'RateLimit-Limit': { description: 'Requests per window.', schema: count },
  'RateLimit-Remaining': { description: 'Requests left in the window.', schema: count },
  'RateLimit-Reset': { description: 'Seconds until the window ends.', schema: count },
}

export type HeaderName = keyof typeof componentHeaders

export const isHeaderName = (name: string): name is HeaderName => name in componentHeaders
