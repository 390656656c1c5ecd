import { decodeJwt, decodeProtectedHeader } from 'jose'
import * as v from 'valibot'
import { describe, expect, it, vi } from 'vitest'
import { createTestApp, password, readJson } from '../test-app.ts'
import { SignedIn } from './schemas.ts'

const { call, register, signInAs, newSession, refresh, owner, eventKinds, config } = await createTestApp()

const registerAs = (email: string, username: string, chosen: unknown = password) =>
  call('POST', '/auth/register', { body: { email, username, password: chosen } })

describe('register', () => {
  it('returns the account and valid tokens', async () => {
    const response = await registerAs('Ada@Example.test', 'Ada')
    expect(response.status).toBe(201)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const body = v.parse(SignedIn, await response.json())
    expect(body.user).toMatchObject({
      email: 'Ada@Example.test',
      username: 'Ada',
      role: 'user',
      emailVerified: false,
    })
    expect(body.expiresIn).toBe(900)
    expect(decodeProtectedHeader(body.accessToken)).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' })
    expect(decodeJwt(body.accessToken)).toMatchObject({
      sub: body.user.id,
      iss: 'https://api.test',
      aud: 'https://api.test',
      role: 'user',
    })
    expect((await call('GET', '/auth/account', { token: body.accessToken })).status).toBe(200)
  })

  it.each([
    ['email in another case', 'TWIN@example.test', 'twin-2', 'email'],
    ['email in full-width letters', 'ｔｗｉｎ@example.test', 'twin-3', 'email'],
    ['username in another case', 'twin-4@example.test', 'TWIN', 'username'],
    ['username in full-width letters', 'twin-5@example.test', 'ｔwin', 'username'],
  ])('the same %s is taken', async (_, email, username, field) => {
    await registerAs('twin@example.test', 'twin')
    const response = await registerAs(email, username)
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({
      code: 'conflict',
      errors: [{ path: field, message: 'is taken' }],
    })
  })

  it('exactly one of 10 concurrent registrations gets the username', async () => {
    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, n) => registerAs(`race-${n}@example.test`, 'race')),
    )
    expect(responses.map(response => response.status).sort()).toEqual([
      201,
      ...Array.from({ length: 9 }, () => 409),
    ])
  })

  it.each(['admin', 'Health', 'ＲＯＯＴ', 'moderator', 'followers'])('%s is reserved', async username => {
    const response = await registerAs('reserved@example.test', username)
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ errors: [{ path: 'username', message: 'is reserved' }] })
  })

  it.each([
    ['short', 'seven-7', 'must have at least 8 characters'],
    ['short in code points, though long in UTF-16', '🦄🦄🦄🦄🦄🦄🦄', 'must have at least 8 characters'],
    ['common', 'password123', 'is one of the most used passwords'],
    ['common, in another case', 'PassWord123', 'is one of the most used passwords'],
    ['the username', 'some-body', 'is your own name or address'],
    ['the address', 'Some-body-2@example.test', 'is your own name or address'],
  ])('rejects a password that is %s, with the reason', async (_, chosen, message) => {
    const response = await registerAs('some-body-2@example.test', 'some-body', chosen)
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ errors: [{ path: 'password', message }] })
  })

  it.each(['🦄🦄🦄🦄🦄🦄🦄🦄', '        x        ', 'ÄÖÜäöüß…', 'x'.repeat(1_024)])(
    'accepts any characters and any length: %s',
    async chosen => {
      const name = `any-${[...chosen].length}-${chosen.length}`
      expect((await registerAs(`${name}@example.test`, name, chosen)).status).toBe(201)
      expect((await signInAs(`${name}@example.test`, chosen)).status).toBe(200)
    },
  )
})

describe('sign in', () => {
  it('an unknown email and a wrong password get the same response', async () => {
    const user = await register()
    const [wrong, unknown] = await Promise.all([
      signInAs(user.email, 'wrong'),
      signInAs('nobody@example.test', 'wrong'),
    ])
    const shape = async (response: Response) => {
      const { requestId, ...body } = await readJson(response)
      expect(requestId).toMatch(/./)
      const headers = [...response.headers].filter(([name]) => !['x-request-id', 'date'].includes(name))
      return { status: response.status, headers, body }
    }
    expect(await shape(wrong)).toEqual(await shape(unknown))
    expect(wrong.status).toBe(401)
  })

  it('finds the account by any spelling of its address', async () => {
    const user = await register('spelled')
    expect((await signInAs(`  ${user.email.toUpperCase()} `)).status).toBe(200)
  })

  it('replaces a hash of another cost once', async () => {
    const user = await register()
    const select = { name: 'hash', text: 'select password_hash as hash from auth.accounts where id = $1' }
    const hashOf = async () => (await owner.query<{ hash: string }>(select, [user.user.id]))[0]?.hash
    const { createPasswordHasher } = await import('../passwords/password-hasher.ts')
    const old = createPasswordHasher({
      pepper: config.passwordPepper,
      cost: 5,
      workerFile: new URL('../passwords/password-worker.ts', import.meta.url),
    })
    const update = { name: 'age', text: 'update auth.accounts set password_hash = $2 where id = $1' }
    await owner.query(update, [user.user.id, await old.hash(password, ['192.0.2.1'])])
    await old.close()
    expect(await hashOf()).toContain('$05$')
    expect((await signInAs(user.email)).status).toBe(200)
    const replaced = await hashOf()
    expect(replaced).toContain('$04$')
    expect((await signInAs(user.email)).status).toBe(200)
    expect(await hashOf()).toBe(replaced)
  })

  it('records failed attempts and sign-ins with address and client', async () => {
    const user = await register()
    await signInAs(user.email, 'wrong', { address: '6.6.6.6, 198.51.100.9', client: 'evil/1' })
    const session = await newSession(user)
    await vi.waitFor(async () => expect(await eventKinds(user)).toHaveLength(3), 10_000)
    const events = await readJson(await call('GET', '/auth/account/events', { token: session.accessToken }))
    expect(events).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ kind: 'registered', address: '203.0.113.7', client: 'test' }),
        expect.objectContaining({ kind: 'log_in_failed', address: '198.51.100.9', client: 'evil/1' }),
        expect.objectContaining({ kind: 'logged_in' }),
      ]),
      nextCursor: null,
    })
  })
})

describe('sign out', () => {
  it('revokes the session: neither token is accepted afterwards', async () => {
    const user = await register()
    const response = await call('POST', '/auth/logout', { body: { refreshToken: user.refreshToken } })
    expect(response.status).toBe(204)
    expect((await refresh(user.refreshToken)).status).toBe(401)
    expect((await call('GET', '/auth/account', { token: user.accessToken })).status).toBe(401)
  })

  it('accepts an unknown token', async () => {
    expect((await call('POST', '/auth/logout', { body: { refreshToken: 'nothing' } })).status).toBe(204)
  })
})

it('the key set is cacheable, has an ETag and contains no private key', async () => {
  const response = await call('GET', '/auth/.well-known/jwks.json')
  expect(response.headers.get('cache-control')).toBe('public, max-age=300')
  expect(response.headers.get('etag')).toMatch(/^"/)
  expect(await response.text()).not.toContain('"d"')
})
