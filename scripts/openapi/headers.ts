const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }

/** Response headers by name. */
export const componentHeaders: Readonly<Record<string, object>> = {
  'X-Request-Id': {
    description: 'The id of the request, also in `requestId` of a problem.',
    required: true,
    schema: text,
  },
  'Cache-Control': {
    description: 'How long the response may be stored, and by whom (RFC 9111).',
    schema: text,
  },
  ETag: { description: 'The current version (RFC 9110, 8.8.3).', schema: text },
  Allow: { description: 'The methods of the path; with 405.', schema: text },
  'Retry-After': { description: 'Seconds until another attempt makes sense.', schema: count },
  'WWW-Authenticate': {
    description: 'The scheme `Bearer`, with `error="invalid_token"` where a token was sent (RFC 6750, 3).',
    required: true,
    schema: text,
  },
  'RateLimit-Limit': { description: 'Requests per window.', schema: count },
  'RateLimit-Remaining': { description: 'Requests left in the window.', schema: count },
  'RateLimit-Reset': { description: 'Seconds until the window ends.', schema: count },
}

export type HeaderName =
  | 'X-Request-Id'
  | 'Cache-Control'
  | 'ETag'
  | 'Allow'
  | 'Retry-After'
  | 'WWW-Authenticate'
  | 'RateLimit-Limit'
  | 'RateLimit-Remaining'
  | 'RateLimit-Reset'
