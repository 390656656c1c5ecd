import { createHmac, timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'
import { DomainError } from '../domain-error.ts'
import { defaultLimit } from '../page.ts'

const Position = v.pipe(v.string(), v.parseJson(), v.array(v.string()))
const signatureBytes = 16
const form = /^([\w-]{1,1024})\.([\w-]{22})$/

/** The end of a page: the sort key of its last item. */
type Position = readonly string[]

export interface Cursors {
  /** `list` names the list with all its filters; its cursors are invalid for any other. */
  encodeCursor(list: string, position: Position): string
  /** Throws `invalid_cursor` for a forged cursor or one of another list. */
  decodeCursor(list: string, cursor: string): Position
}

/** Cursors are opaque and signed, so that no client builds its own and the position needs no further checks. */
export function createCursors(secret: Buffer): Cursors {
  const sign = (list: string, payload: string) =>
    createHmac('sha256', secret)
      .update(`${list}\n${payload}`)
      .digest()
      .subarray(0, signatureBytes)
      .toString('base64url')

  return {
    encodeCursor(list, position) {
      const payload = Buffer.from(JSON.stringify(position)).toString('base64url')
      return `${payload}.${sign(list, payload)}`
    },
    decodeCursor(list, cursor) {
      const [, payload, signature] = form.exec(cursor) ?? []
      if (payload === undefined || signature === undefined) throw new DomainError('invalid_cursor', {})
      // Compared as text: another spelling of the same bytes is another cursor.
      if (!timingSafeEqual(Buffer.from(signature), Buffer.from(sign(list, payload))))
        throw new DomainError('invalid_cursor', {})
      return v.parse(Position, Buffer.from(payload, 'base64url').toString())
    },
  }
}

const maxLimit = 100

/** The query parameter for the number of items of a page. */
export const Limit = v.pipe(
  v.string(),
  // The type that the text in the URL stands for.
  v.metadata({ type: 'integer', minimum: 1, maximum: maxLimit }),
  v.regex(/^\d{1,3}$/, `must be a whole number from 1 to ${maxLimit}`),
  v.transform(Number),
  v.minValue(1, 'must be at least 1'),
  v.maxValue(maxLimit, `must be at most ${maxLimit}`),
)

/** The query parameters of a paged list. */
const Cursor = v.pipe(
  v.string(),
  v.metadata({ maxLength: 1_047, description: 'The `nextCursor` of a page.' }),
)
export const pageParameters = { limit: v.optional(Limit, `${defaultLimit}`), cursor: v.optional(Cursor) }
