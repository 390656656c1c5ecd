import { type Actor, accessTokenLifetimeSeconds } from '../shared/access-token.ts'
import { Problem } from '../shared/problems.ts'
import { canonical } from '../shared/username.ts'
import { isCommonPassword } from './common-passwords.ts'
import type { PasswordHasher } from './password-hasher.ts'
import type { LogInBody, RegisterBody, SignedIn, Tokens } from './schemas.ts'
import type { Account, Store } from './store.ts'
import { newRefreshToken, refreshTokenHash, successorOf } from './tokens.ts'

export interface AuthOptions {
  readonly store: Store
  readonly passwords: PasswordHasher
  readonly signAccessToken: (actor: Actor) => Promise<string>
  readonly successorKey: Buffer
}

const minPasswordLength = 8
const sessionLifetimeSeconds = 30 * 24 * 3_600
const sessionIdleSeconds = 7 * 24 * 3_600
/** Two tabs, or a client that lost the answer, may present the same token again for this long. */
const reuseWindowSeconds = 10

/** The verbs of the auth function. They know no HTTP; what they refuse they throw as a Problem. */
export function createAuth({ store, passwords, signAccessToken, successorKey }: AuthOptions) {
  async function tokens(actor: Actor, refreshToken: string): Promise<Tokens> {
    const accessToken = await signAccessToken(actor)
    return { accessToken, tokenType: 'Bearer', expiresIn: accessTokenLifetimeSeconds, refreshToken }
  }

  async function startSession(account: Account, client: string): Promise<SignedIn> {
    const refreshToken = newRefreshToken()
    const hash = refreshTokenHash(refreshToken)
    const sessionId = await store.insertSession(account.id, client, sessionLifetimeSeconds, hash)
    const { id, email, username, createdAt } = account
    return {
      user: { id, email, username, createdAt: createdAt.toISOString() },
      ...(await tokens({ accountId: id, sessionId, role: account.role }, refreshToken)),
    }
  }

  return {
    async register({ email, username, password }: RegisterBody, client: string): Promise<SignedIn> {
      await refuseWeakPassword(password, { email, username })
      const registration = await store.insertAccount({
        email,
        emailKey: canonical(email),
        username,
        usernameKey: canonical(username),
        passwordHash: await passwords.hash(password),
      })
      if (registration.kind === 'taken') {
        const { field } = registration
        throw new Problem('conflict', `This ${field} is taken.`, {
          errors: [{ path: field, message: 'is taken' }],
        })
      }
      return startSession(registration.account, client)
    },

    /** The same answer and the same work, one bcrypt comparison, whether the account exists or not. */
    async logIn({ email, password }: LogInBody, client: string): Promise<SignedIn> {
      const account = await store.accountByEmail(canonical(email).trim())
      const matches = await passwords.matches(password, account?.passwordHash)
      if (account === undefined || !matches)
        throw new Problem('invalid_credentials', 'E-mail or password is wrong.')
      if (passwords.isOutdated(account.passwordHash)) {
        await store.replacePasswordHash(account.id, account.passwordHash, await passwords.hash(password))
      }
      return startSession(account, client)
    },

    /**
     * Trades a refresh token for its successor. One that was used before is either a repeat inside the window, which
     * gets the same successor again, or a stolen copy, which ends the session.
     */
    async refresh(refreshToken: string): Promise<Tokens> {
      const successor = successorOf(refreshToken, successorKey)
      const hash = refreshTokenHash(refreshToken)
      const successorHash = refreshTokenHash(successor)
      const actor = await store.inTransaction(async transaction => {
        const presented = await transaction.lock(hash, sessionIdleSeconds)
        if (presented === undefined || !presented.live) return undefined
        if (presented.usedSecondsAgo === null) {
          await transaction.replace(hash, successorHash)
          return presented
        }
        const isRepeat =
          presented.usedSecondsAgo <= reuseWindowSeconds && (await transaction.isUnused(successorHash))
        if (isRepeat) return presented
        // Returned and not thrown: the end of the session must be committed although the answer is an error.
        await transaction.endSession(presented.sessionId)
        return undefined
      })
      if (actor === undefined)
        throw new Problem('invalid_refresh_token', 'The refresh token is not valid. Log in again.')
      return tokens(actor, successor)
    },

    /** Ends the token's session. An unknown token is no error: the caller is logged out either way. */
    async logOut(refreshToken: string): Promise<void> {
      await store.endSessionByToken(refreshTokenHash(refreshToken))
    },
  }
}

export type Auth = ReturnType<typeof createAuth>

/** NIST SP 800-63B-4, 3.1.1.2: length in code points, no composition rules, nothing commonly used, and the reason given. */
async function refuseWeakPassword(
  password: string,
  owner: { email: string; username: string },
): Promise<void> {
  const refuse = (message: string) =>
    new Problem('invalid_body', 'Refused: password.', { errors: [{ path: 'password', message }] })
  const length = [...password.normalize('NFKC')].length
  if (length < minPasswordLength) throw refuse(`must have at least ${minPasswordLength} characters`)
  const own = [owner.username, owner.email, owner.email.split('@')[0] ?? '']
  if (own.map(canonical).includes(canonical(password))) throw refuse('is your own name or address')
  if (await isCommonPassword(password)) throw refuse('is one of the most used passwords')
}
