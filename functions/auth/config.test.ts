import { expect, it } from 'vitest'
import { readConfig } from './config.ts'
import { createTestApp, password } from './test-app.ts'

const { config, keysFile, call } = await createTestApp({ passwordMinLength: 12 })
const environment = {
  DATABASE_URL: config.databaseUrl,
  REDIS_URL: config.redisUrl,
  PUBLIC_URL: 'https://api.test',
  JWT_SIGNING_KEYS: keysFile,
  PASSWORD_PEPPER: 'A'.repeat(43),
}

it('has safe defaults', () => {
  expect(readConfig(environment)).toMatchObject({
    passwordCost: 10,
    passwordMinLength: 8,
    session: { lifetimeSeconds: 30 * 86_400, idleSeconds: 7 * 86_400 },
    signInLimitPerMinute: 30,
    revocationMaxAgeSeconds: 60,
    email: undefined,
  })
})

it('reads session lifetimes and email settings from the environment', () => {
  const mail = { SMTP_URL: 'smtps://user:secret@mail.test', MAIL_LINK_URL: 'https://app.test' }
  const read = readConfig({ ...environment, ...mail, SESSION_LIFETIME_DAYS: '2', SESSION_IDLE_DAYS: '1' })
  expect(read.session).toEqual({ lifetimeSeconds: 172_800, idleSeconds: 86_400 })
  expect(read.email).toEqual({
    url: mail.SMTP_URL,
    from: 'no-reply@api.test',
    linkUrl: mail.MAIL_LINK_URL,
  })
})

it.each([
  ['PASSWORD_MIN_LENGTH', '7'],
  ['PASSWORD_COST', '9'],
  ['PASSWORD_PEPPER', 'short'],
  ['SESSION_IDLE_DAYS', '0'],
  ['SIGN_IN_LIMIT_PER_MINUTE', '-1'],
  ['SMTP_URL', 'ftp://user:hunter2@mail.test'],
  ['SMTP_URL', 'smtp://hunter2@mail.test'],
  ['SMTP_URL', 'smtp://user:hunter2@mail.test:465'],
  ['SMTP_URL', 'smtps://user:hunter2@mail.test:587'],
  ['MAIL_FROM', 'nobody'],
  ['JWT_SIGNING_KEYS', '/nowhere'],
])('rejects an invalid %s without echoing its value', (name, value) => {
  const read = () => readConfig({ ...environment, [name]: value })
  expect(read).toThrow(name)
  expect(read).not.toThrow('hunter2')
})

it('the minimum password length is configurable', async () => {
  const register = (username: string, chosen: string) =>
    call('POST', '/auth/register', {
      body: { email: `${username}@example.test`, username, password: chosen },
    })
  const refused = await register('short-one', 'eleven char')
  expect(refused.status).toBe(422)
  expect(await refused.json()).toMatchObject({ errors: [{ message: 'must have at least 12 characters' }] })
  expect((await register('long-enough', password)).status).toBe(201)
})
