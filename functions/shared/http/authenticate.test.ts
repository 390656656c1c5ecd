import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { createTestTokens } from '../../../scripts/secrets/access-tokens.ts'
import { createVerifyAccessToken } from '../access-token.ts'
import { AccountIdSchema, SessionIdSchema } from '../ids.ts'
import { createLog } from '../log.ts'
import { createBaseApp } from './base-app.ts'
import { operation, route } from './route.ts'

const terms = { issuer: 'https://api.test', audience: 'https://api.test' }
const tokens = createTestTokens(terms)
const verify = createVerifyAccessToken(terms, tokens.keySet, { isRevoked: async () => false })
const app = createBaseApp({ log: createLog('test', 'error', () => undefined), corsOrigins: [] })
const guards = {
  verifyAccessToken: verify,
  limitOf: () => {
    throw new Error('there is no limit')
  },
}
for (const [path, authentication] of [
  ['/mine', 'required'],
  ['/all', 'optional'],
] as const) {
  const read = operation({ method: 'get', path, authentication, documentation: undefined })
  route(app, guards, read, c => c.text('ok'))
}
const token = await tokens.sign({
  accountId: v.parse(AccountIdSchema, randomUUID()),
  sessionId: v.parse(SessionIdSchema, randomUUID()),
  role: 'user',
})

const ask = async (path: string, authorization?: string) => {
  const response = await app.request(path, {
    headers: { ...(authorization !== undefined && { authorization }) },
  })
  return [response.status, response.headers.get('www-authenticate')]
}

test('a token in its own spelling is accepted', async () => {
  for (const path of ['/mine', '/all']) {
    expect(await ask(path, `Bearer ${token}`)).toEqual([200, null])
    expect(await ask(path, `bearer  ${token}`)).toEqual([200, null])
  }
})

/** The next character of base64url: it differs in bits that a decoder leaves out. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const otherEnd = token.slice(0, -1) + alphabet.charAt(alphabet.indexOf(token.slice(-1)) + 1)

test.each([
  ['padding', `${token}==`],
  ['one sign of padding', `${token}=`],
  ['other bits at its end', otherEnd],
  ['a point more', `${token}.`],
  ['a tilde', `${token}~`],
  ['base64 signs', token.replaceAll('-', '+').replaceAll('_', '/')],
  ['a second token', `${token}, ${token}`],
])('a token with %s is another one', async (_, spelling) => {
  if (spelling === token) return
  for (const path of ['/mine', '/all'])
    expect(await ask(path, `Bearer ${spelling}`)).toEqual([401, 'Bearer error="invalid_token"'])
})

test.each([
  ['nothing', undefined],
  ['another scheme', 'Basic YWRtaW46YWRtaW4='],
  ['a scheme like it', 'Bearerish x'],
])('%s is no invalid token', async (_, authorization) => {
  expect(await ask('/mine', authorization)).toEqual([401, 'Bearer'])
})
