import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { afterAll } from 'vitest'
import { createTestTokens } from '../../../scripts/secrets/access-tokens.ts'
import type { Target } from '../../environment-of.ts'
import type { DatabaseRole } from '../../registry.ts'
import { unreachableTarget } from '../../unreachable-target.ts'
import type { Actor } from '../access-token.ts'
import { AccountIdSchema, type SessionId, SessionIdSchema } from '../ids.ts'
import { createLog } from '../log.ts'
import { openDatabase } from '../postgres/database.ts'
import { openRedis } from '../redis/client.ts'
import { createRevocations } from '../revocations.ts'
import { createTestDatabase } from './database.ts'
import { createTestRedis, patientTimeoutMs } from './redis.ts'

export const terms = { issuer: 'https://api.test', audience: 'https://api.test' }

const poolSize = 10
const hold = { name: 'hold', text: 'select pg_sleep(0.05)' }

export interface TestAccount {
  readonly actor: Actor
  readonly username: string
  readonly authorization: { readonly authorization: string }
}

/** The parts of a function that verifies tokens: its own database and Redis, and accounts as auth creates them. */
export async function openFunctionParts(role: DatabaseRole) {
  const log = createLog(role, 'error')
  const testDatabase = await createTestDatabase()
  const patient = { log, deadlineMs: patientTimeoutMs }
  const database = await openDatabase({ url: testDatabase.urlOf[role], poolSize, ...patient })
  const owner = await openDatabase({ url: testDatabase.ownerUrl, poolSize: 2, ...patient })
  const testRedis = await createTestRedis()
  const redis = await openRedis({ url: testRedis.urlOf[role], log, commandTimeoutMs: patientTimeoutMs })
  const redisOwner = await openRedis({ url: testRedis.ownerUrl, log, commandTimeoutMs: patientTimeoutMs })
  afterAll(async () => {
    await Promise.all([database.close(), owner.close(), redis.close(), redisOwner.close()])
  })
  // Opens all connections before the first test, so that its requests really run at once.
  await Promise.all(Array.from({ length: poolSize }, () => database.query(hold)))
  const tokens = createTestTokens(terms)
  const authRedis = await openRedis({
    url: testRedis.urlOf.iod_auth,
    log,
    commandTimeoutMs: patientTimeoutMs,
  })
  afterAll(authRedis.close)

  /** Ends the session as auth does; the function notices within 5 s of its clock. */
  async function revoke(session: SessionId): Promise<void> {
    await createRevocations({ redis: authRedis, database, maxAgeSeconds: 60 }).announce([session])
  }

  /** The name is made unique within its 30 characters. */
  async function createAccount(name = 'user'): Promise<TestAccount> {
    const username = `${name}-${randomUUID().slice(0, 8)}`
    const [row] = await owner.query<{ id: string }>(insertAccount, [`${username}@example.test`, username])
    const actor: Actor = {
      accountId: v.parse(AccountIdSchema, row?.id),
      sessionId: v.parse(SessionIdSchema, randomUUID()),
      role: 'user',
    }
    return { actor, username, authorization: { authorization: `Bearer ${await tokens.sign(actor)}` } }
  }

  const { ownerUrl } = testDatabase
  /** What a process of any function gets, so that it uses these parts too. */
  const target: Target = {
    ...unreachableTarget,
    settings: { ...unreachableTarget.settings, PUBLIC_URL: terms.issuer, ACCOUNT_LIMITS: 'off' },
    databaseUrl: one => testDatabase.urlOf[one],
    redisUrl: one => testRedis.urlOf[one],
    publicKeys: JSON.stringify({ keys: [tokens.jwk] }),
  }
  return { log, database, owner, ownerUrl, redis, redisOwner, tokens, revoke, createAccount, target }
}

export const readJson = async (response: Response): Promise<Record<string, unknown>> =>
  v.parse(v.record(v.string(), v.unknown()), await response.json())

const insertAccount = {
  name: 'insert_test_account',
  text: `insert into auth.accounts (email, email_key, username, username_key, password_hash)
    values ($1::text, lower($1::text), $2::text, lower($2::text), '') returning id`,
}
