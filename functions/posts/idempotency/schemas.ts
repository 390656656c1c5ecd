import * as v from 'valibot'

export const IdempotencyHeader = v.object({
  'Idempotency-Key': v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[\x21-\x7e]{1,200}$/),
      v.description('The same key and body again answer as the first time did, for 24 hours.'),
    ),
  ),
})

export type IdempotencyHeader = v.InferOutput<typeof IdempotencyHeader>
