import * as v from 'valibot'

/**
 * Members of responses as the contract describes them. The formats are metadata, which no parse checks: Postgres has
 * made these values already.
 */
export const Uuid = v.pipe(v.string(), v.metadata({ format: 'uuid' }))
export const Timestamp = v.pipe(v.string(), v.metadata({ format: 'date-time' }))
export const Uri = v.pipe(v.string(), v.metadata({ format: 'uri', maxLength: 2_048 }))
export const Count = v.pipe(v.number(), v.metadata({ type: 'integer', minimum: 0 }))
export const UnixTime = v.pipe(v.number(), v.metadata({ type: 'integer' }))

export const textUpTo = (maxLength: number) => v.pipe(v.string(), v.metadata({ maxLength }))
/** The username of an account, which has been checked when it was taken. */
export const KnownUsername = v.pipe(v.string(), v.metadata({ minLength: 3, maxLength: 30 }))

/** An address of IPv6 has at most 45 characters (RFC 4291, 2.2). */
export const IpAddress = textUpTo(45)
/** As much of User-Agent as is stored. */
export const Client = textUpTo(200)

/** Signed: see `createCursors`. */
export const NextCursor = v.pipe(
  v.nullable(v.pipe(v.string(), v.metadata({ maxLength: 1_047 }))),
  v.description('The `cursor` of the next page; null on the last one.'),
)
