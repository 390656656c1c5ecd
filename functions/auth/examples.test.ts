import * as v from 'valibot'
import { expect, it } from 'vitest'
import { exampleRequests } from '../shared/testing/examples.ts'
import type { SignedIn } from './sign-in/schemas.ts'
import { createTestApp } from './test-app.ts'

const { call, register, newSession, setRole } = await createTestApp()

/** Email is not configured here. */
const notConfigured = ['requestEmailVerification', 'confirmEmail', 'requestPasswordReset', 'resetPassword']
const ofAdmins = ['suspendAccount', 'restoreAccount', 'setRole']

it('each example request of the contract succeeds', async () => {
  const examples = exampleRequests('auth')
  expect(examples.length).toBeGreaterThan(18)
  for (const { operationId } of examples) {
    // Each with a new account: some revoke sessions or delete the account.
    const user = operationId === 'register' || operationId === 'logIn' ? undefined : await register('ada')
    const other = await register('charles')
    if (user !== undefined && ofAdmins.includes(operationId)) await setRole(user, 'admin')
    const session = user && (await newSession(user))
    const { items = [] } = session ? await sessionsOf(session) : {}
    const known = { username: other.user.username, id: items[0]?.id ?? '' }
    const request = exampleRequests('auth', known).find(example => example.operationId === operationId)
    const body = operationId === 'refresh' ? { refreshToken: session?.refreshToken } : request?.body
    const { status } = await call(request?.method ?? '', request?.path ?? '', {
      token: session?.accessToken,
      body,
    })
    const expected = notConfigured.includes(operationId) ? [501] : [200, 201, 204]
    expect(expected, `${operationId}: ${status}`).toContain(status)
  }
})

async function sessionsOf({ accessToken }: SignedIn) {
  const response = await call('GET', '/auth/sessions', { token: accessToken })
  return v.parse(v.object({ items: v.array(v.object({ id: v.string() })) }), await response.json())
}
