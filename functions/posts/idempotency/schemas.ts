import * as v from 'valibot'

export const IdempotencyHeader = v.object({
  'Idempotency-Key': v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters without spaces'),
      v.description(
        'For 24 hours a retry with the same key and body gets the response of the first request.',
      ),
    ),
  ),
})

export type IdempotencyHeader = v.InferOutput<typeof IdempotencyHeader>
