import { createHash, createHmac, randomBytes } from 'node:crypto'

/** A new refresh token or email token: 256 random bits in base64url. */
export const newOpaqueToken = () => randomBytes(32).toString('base64url')

/** The form in which a token is stored. It has 256 bits of entropy, so a plain hash cannot be brute-forced. */
export const opaqueTokenHash = (token: string) => createHash('sha256').update(token).digest()

export interface Succession {
  /** How many successors of the token were abandoned before. */
  readonly reissues: number
  readonly successorKey: Buffer
}

/**
 * The token that succeeds `token`. It is derived, not random, so that parallel refreshes get the same one although only
 * hashes are stored. Without the key, nobody can derive one token from another.
 */
export const successorOf = (token: string, { reissues, successorKey }: Succession) =>
  createHmac('sha256', successorKey)
    .update(`refresh-token-successor:${reissues === 0 ? '' : `${reissues}:`}${token}`)
    .digest('base64url')
