import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { SignedIn } from '../auth/sign-in/schemas.ts'
import { createTestApp, type TestUser } from '../auth/test-app.ts'
import { createTestSmtp } from '../auth/test-smtp.ts'

/** A request that writes. */
export interface Write {
  readonly path: string
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** By the name of an operation, and by what is large: prepares the next such write, since each needs its own target. */
export type LargestWrites = Readonly<Record<string, Readonly<Record<string, () => Promise<Write>>>>>

export const smtp = await createTestSmtp()
export const auth = await createTestApp({ email: smtp.config })
const { owner } = auth

const unique = () => randomUUID().replaceAll('-', '')
/** 64 characters before the @ and 253 in all: smtp-server takes no more, RFC 5321 one more. */
export const longestEmail = () =>
  `${unique().padEnd(64, 'x')}@${'y'.repeat(63)}.${'y'.repeat(63)}.${'z'.repeat(60)}`
export const longestUsername = () => unique().slice(0, 30)
/** NFKC makes 18 characters of each of these. */
export const longestPassword = () => unique().padEnd(1_024, '\uFDFA')

export interface LargestUser extends TestUser {
  readonly password: string
}

/** Registers an account whose every member is as long as it may be. */
export async function registerLargest(): Promise<LargestUser> {
  const body = { email: longestEmail(), username: longestUsername(), password: longestPassword() }
  const response = await auth.call('POST', '/auth/register', { body })
  return { ...v.parse(SignedIn, await response.json()), email: body.email, password: body.password }
}

/** Readers and followers; made once, since an account costs more than what it does. */
await owner.query({
  name: 'insert_crowd',
  text: `insert into auth.accounts (email, email_key, username, username_key, password_hash)
    select name, name, name, name, '' from generate_series(1, 1000) n, lateral (select 'crowd-' || n as name) made`,
})

/** As many sessions as an account may have. */
const insertSessions = {
  name: 'insert_many_sessions',
  text: `insert into auth.sessions (account_id, client, expires_at)
    select $1::uuid, repeat('c', 200), now() + interval '1 day' from generate_series(1, 99)`,
}
export async function registerWithSessions(): Promise<LargestUser> {
  const user = await registerLargest()
  await owner.query(insertSessions, [user.user.id])
  return user
}

export async function registerWithRole(role: 'moderator' | 'admin'): Promise<LargestUser> {
  const user = await registerLargest()
  await auth.setRole(user, role)
  return user
}
