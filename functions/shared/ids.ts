import * as v from 'valibot'

/** A UUIDv7 made by Postgres (`uuidv7()`); the brand says whose it is, so that none passes for another. */
export type AccountId = string & { readonly __brand: 'AccountId' }
export type SessionId = string & { readonly __brand: 'SessionId' }
export type PostId = string & { readonly __brand: 'PostId' }
export type CommentId = string & { readonly __brand: 'CommentId' }

/** In either case, as RFC 9562, 4 demands of a reader: Swift writes capitals. */
const form = /^[\da-fA-F]{8}-(?:[\da-fA-F]{4}-){3}[\da-fA-F]{12}$/
const uuid = v.pipe(
  v.string(),
  v.metadata({ format: 'uuid' }),
  v.regex(form, 'must be a UUID'),
  v.transform(text => text.toLowerCase()),
)

/** No UUID is less than the first or greater than the second: where the first page of a list begins. */
export const minUuid = '00000000-0000-0000-0000-000000000000'
export const maxUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** The one place where a string becomes an id: after its form was checked. */
const branded = <Id extends string>() =>
  v.pipe(
    uuid,
    v.transform(text => text as Id),
  )

export const AccountIdSchema = branded<AccountId>()
export const SessionIdSchema = branded<SessionId>()
export const CommentIdSchema = branded<CommentId>()

/** An id in a path, where other text names no resource: `notFound` is the detail of the 404. */
export const inPath = <Id extends string>(id: v.GenericSchema<string, Id>, notFound: string) =>
  v.pipe(v.string(), v.regex(form, notFound), id)
