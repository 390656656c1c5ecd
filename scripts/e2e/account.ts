import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { expect } from 'vitest'
import { request } from './api.ts'

const Tokens = v.object({
  accessToken: v.string(),
  tokenType: v.literal('Bearer'),
  expiresIn: v.pipe(v.number(), v.minValue(1)),
  refreshToken: v.string(),
})

export const Session = v.object({
  ...Tokens.entries,
  user: v.object({ id: v.pipe(v.string(), v.uuid()), email: v.string(), username: v.string() }),
})

/** Returns an account that no earlier run has registered, since the database outlives a run. */
export function newPerson() {
  const username = `e2e${randomBytes(6).toString('hex')}`
  return { username, email: `${username}@example.test`, password: randomBytes(12).toString('base64url') }
}

export async function register(person = newPerson()) {
  const response = await request('POST', '/auth/register', { body: person })
  expect(response.status, response.text).toBe(201)
  return v.parse(Session, response.json())
}
