// Every route is called with secrets that are easy to recognize, and in ways that fail; then all logs are read.
import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { tokenIn } from '../auth/test-smtp.ts'
import { withClient } from '../migrate/with-client.ts'
import { functions } from '../registry.ts'
import { exampleRequests } from '../shared/testing/examples.ts'
import {
  emailTo,
  linesOfLogs,
  newSecret,
  originOf,
  pepper,
  privatePart,
  redis,
  redisOutput,
  rolePasswords,
  server,
} from './test-logged-system.ts'

const email = `${newSecret()}@example.test`
const secrets = {
  email,
  otherEmail: `${newSecret()}@example.test`,
  contestedEmail: `${newSecret()}@example.test`,
  password: `a password ${newSecret()}`,
  wrongPassword: `a guess ${newSecret()}`,
  cookie: newSecret(),
  inQuery: newSecret(),
  inText: newSecret(),
  unknownToken: randomBytes(32).toString('base64url'),
}
/** All that must not be in a log; tokens are added as they are issued. */
const secretsSeen = new Map<string, string>([
  ...Object.entries(secrets),
  ...Object.entries(rolePasswords),
  ...functions.map(
    ({ databaseRole }) => [`${databaseRole} in Redis`, redis.passwordOf(databaseRole)] as const,
  ),
  ['pepper', pepper],
  ['signing key', privatePart],
])

async function send(method: string, path: string, { token = '', body = '' } = {}): Promise<string> {
  const response = await fetch(`${originOf(path)}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      cookie: `session=${secrets.cookie}`,
      'if-match': '"1"',
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      ...(token !== '' && { authorization: `Bearer ${token}` }),
    },
    ...(method !== 'GET' && body !== '' && { body }),
  })
  return response.text()
}

const Tokens = v.object({ accessToken: v.string(), refreshToken: v.string() })
async function signIn(path: string, body: object) {
  const tokens = v.parse(Tokens, JSON.parse(await send('POST', path, { body: JSON.stringify(body) })))
  secretsSeen.set(`access token of ${path}`, tokens.accessToken)
  secretsSeen.set(`refresh token of ${path}`, tokens.refreshToken)
  return tokens
}

const Example = v.optional(v.record(v.string(), v.unknown()))
const operations = functions
  .flatMap(({ name }) => exampleRequests(name))
  .map(({ method, path, body }) => ({ method, path, example: v.parse(Example, body) }))

/** The example with a secret in each member that is text. */
const filled = (example: Readonly<Record<string, unknown>>, values: Readonly<Record<string, string>>) =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(example).map(([name, value]) => [
        name,
        typeof value === 'string' ? (values[name] ?? value) : value,
      ]),
    ),
  )

const bodyValues = [
  { email, password: secrets.password, currentPassword: secrets.password, newPassword: secrets.password },
  {
    email: secrets.otherEmail,
    password: secrets.wrongPassword,
    currentPassword: secrets.wrongPassword,
    newPassword: secrets.wrongPassword,
    token: secrets.unknownToken,
    refreshToken: secrets.unknownToken,
    title: secrets.inText,
    body: secrets.inText,
    bio: secrets.inText,
    reason: secrets.inText,
  },
]

async function callEveryRoute(token: string): Promise<void> {
  const forged = `${token.slice(0, -8)}${secrets.inText.slice(0, 8)}`
  secretsSeen.set('forged token', forged)
  // What ends the account or its sessions comes last.
  const isLast = ({ method, path }: { method: string; path: string }) =>
    /deletion|logout|password|sessions/.test(path) && method !== 'GET'
  for (const { method, path, example } of [
    ...operations.filter(one => !isLast(one)),
    ...operations.filter(isLast),
  ]) {
    const bodies = example === undefined ? [''] : bodyValues.map(values => filled(example, values))
    for (const body of bodies) {
      await send(method, path, { token, body })
      await send(method, path, { token: forged, body })
      const separator = path.includes('?') ? '&' : '?'
      await send(method, `${path}${separator}email=${email}&token=${secrets.inQuery}`, { token, body })
      await send(method, path, {
        token,
        body: `${body.slice(0, -1)}, "${secrets.inText}": ${secrets.inText}`,
      })
    }
  }
}

/** Both changes wait at their security event, before they commit, or the second one waits for the first. */
async function contestEmail(): Promise<readonly string[]> {
  const people = await Promise.all(
    ['first', 'second'].map(username => {
      const password = secrets.password
      return signIn('/auth/register', { email: `${newSecret()}@example.test`, username, password })
    }),
  )
  const body = JSON.stringify({ email: secrets.contestedEmail, password: secrets.password })
  return withClient(server.url('iod'), async client => {
    await client.query('begin')
    await client.query('lock table auth.events in share mode')
    const changes = people.map(({ accessToken: token }) =>
      send('PUT', '/auth/account/email', { token, body }),
    )
    const waiting = 'select 1 from pg_locks where not granted'
    await expect.poll(async () => (await client.query(waiting)).rowCount).toBe(2)
    await client.query('commit')
    return Promise.all(changes)
  })
}

/** The names of the secrets that are in a line, with the line. */
const leaksIn = (lines: readonly string[]): readonly string[] =>
  [...secretsSeen].flatMap(([name, secret]) =>
    lines.filter(line => line.includes(secret)).map(line => `${name}: ${line.slice(0, 300)}`),
  )

test('no log has a password, a token, an email address or a text of a request, in success and in failure', async () => {
  const account = { email, username: 'recognizable', password: secrets.password }
  await signIn('/auth/register', account)
  const verification = tokenIn(await emailTo(email))
  secretsSeen.set('verification token', verification)
  await send('POST', '/auth/email/verification/confirm', { body: JSON.stringify({ token: verification }) })
  await send('POST', '/auth/password/reset', { body: JSON.stringify({ email }) })
  secretsSeen.set('reset token', tokenIn(await emailTo(email, 'reset-password')))
  expect([...secretsSeen].filter(([, secret]) => secret.length < 12)).toEqual([])

  const { accessToken } = await signIn('/auth/login', { email, password: secrets.password })
  // Conflicts, whose detail in Postgres's own log would have the key.
  await send('POST', '/auth/register', { body: JSON.stringify(account) })
  const answers = await contestEmail()
  expect(answers.filter(text => text.includes('already in use'))).toHaveLength(1)
  await callEveryRoute(accessToken)
  await server.stop()
  await callEveryRoute(accessToken)
  await server.start()

  const lines = linesOfLogs()
  expect(lines.filter(line => line.includes('"message":"request"')).length).toBeGreaterThan(400)
  expect(lines.filter(line => line.includes('"status":503')).length).toBeGreaterThan(10)
  expect(lines.filter(line => line.includes('execute'))).not.toEqual([])
  expect(redisOutput()).toContain('Accepted ')
  expect(leaksIn(lines)).toEqual([])
  // One line with each of them would be found.
  for (const [name, secret] of secretsSeen)
    expect(leaksIn([...lines, `{"message":"request","detail":"${secret}"}`])[0]).toMatch(
      new RegExp(`^${name}: `),
    )
}, 240_000)
