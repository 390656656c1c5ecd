import { beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestAccount } from '../test-app.ts'

const { app, createAccount, patch, as } = await createTestApp()

let account: TestAccount
let untouched: unknown

beforeAll(async () => {
  account = await createAccount('strict')
  untouched = await (await as(account, 'GET', '/profile')).json()
})

const send = (body: string | Uint8Array<ArrayBuffer>, contentType = 'application/json') =>
  app.request('/profile', {
    method: 'PATCH',
    headers: { ...account.authorization, 'content-type': contentType },
    body,
  })

const deep = `${'{"bio":'.repeat(40)}null${'}'.repeat(40)}`

test.each<[string, string | Uint8Array<ArrayBuffer>, string, number, string]>([
  ['a body that is no JSON', 'bio=hello', 'application/json', 400, 'malformed_body'],
  ['half a body', '{"bio":"x"', 'application/json', 400, 'malformed_body'],
  ['no body', '', 'application/json', 400, 'malformed_body'],
  ['bytes that are not UTF-8', Buffer.from('7b22ff22', 'hex'), 'application/json', 400, 'malformed_body'],
  ['a deep body', deep, 'application/json', 400, 'malformed_body'],
  ['a very deep body', '['.repeat(60_000), 'application/json', 400, 'malformed_body'],
  ['a NUL byte', '{"bio":"a\u0000b"}', 'application/json', 400, 'malformed_body'],
  ['an escaped NUL', '{"bio":"a\\u0000b"}', 'application/json', 400, 'malformed_body'],
  ['half of a surrogate pair', '{"bio":"\\ud83d"}', 'application/json', 400, 'malformed_body'],
  ['a body over 64 KiB', `{"bio":"${'x'.repeat(70_000)}"}`, 'application/json', 413, 'body_too_large'],
  ['a form', 'bio=x', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
  ['plain text', '{"bio":"x"}', 'text/plain', 415, 'unsupported_media_type'],
  ['an array', '[]', 'application/json', 422, 'invalid_body'],
  ['a string', '"bio"', 'application/json', 422, 'invalid_body'],
  ['null', 'null', 'application/json', 422, 'invalid_body'],
])('%s gets its own 4xx', async (_, body, contentType, status, code) => {
  const response = await send(body, contentType)
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await response.json()).toMatchObject({ status, code, instance: '/profile' })
})

describe('each refused member is named with its rule', () => {
  const longUrl = `https://img.test/${'a'.repeat(2_048)}`
  test.each<[string, string, unknown]>([
    ['displayName', 'must have at most 80 characters', 'x'.repeat(81)],
    ['displayName', 'must have at most 80 characters', '🦄'.repeat(81)],
    ['displayName', 'must not be empty', '   '],
    ['displayName', 'must be one line without control characters', 'two\nlines'],
    ['displayName', 'must be one line without control characters', 'a\u202Eb'],
    ['displayName', 'must be a string', 7],
    ['displayName', 'must be a string', ['x']],
    ['bio', 'must have at most 500 characters', 'x'.repeat(501)],
    ['bio', 'must have no control characters but line breaks and tabs', 'bell\u0007'],
    ['bio', 'must be a string', {}],
    ['location', 'must have at most 100 characters', 'x'.repeat(101)],
    ['location', 'must be a string', true],
    ['website', 'must be an https:// or http:// address without a password in it', 'javascript:alert(1)'],
    ['website', 'must be an https:// or http:// address without a password in it', 'example.test'],
    ['website', 'must be an https:// or http:// address without a password in it', 'https://a:b@c.test'],
    ['website', 'must have at most 2048 characters', longUrl],
    ['avatarUrl', 'must be an https:// address without a password in it', 'http://img.test/a.png'],
    ['avatarUrl', 'must be an https:// address without a password in it', 'data:image/png;base64,AA'],
    ['avatarUrl', 'must be an https:// address without a password in it', '//img.test/a.png'],
    ['avatarUrl', 'must have at most 2048 characters', longUrl],
    [
      'avatarUrl',
      'must have at most 2048 characters when its odd characters are percent-encoded',
      `https://img.test/${'é'.repeat(1_000)}`,
    ],
    ['visibility', 'must be public or private', 'friends'],
    ['visibility', 'must be public or private', null],
    ['username', 'must be a string', null],
    ['username', 'must have at least 3 characters', 'ab'],
    ['username', 'must have at most 30 characters', 'x'.repeat(31)],
    ['username', 'may have letters a–z, digits, and - or _ between them', 'with space'],
    ['username', 'may have letters a–z, digits, and - or _ between them', '-dash'],
    ['username', 'may have letters a–z, digits, and - or _ between them', 'аdmin'],
    ['username', 'is reserved', 'Health'],
    ['username', 'is reserved', 'ＡＤＭＩＮ'],
    ['email', 'is not a known member', 'other@example.test'],
    ['id', 'is not a known member', '00000000-0000-7000-8000-000000000000'],
    ['followersCount', 'is not a known member', 1_000_000],
    ['role', 'is not a known member', 'admin'],
    ['constructor', 'is not a known member', 'x'],
    ['toString', 'is not a known member', 'x'],
  ])('%s: %s', async (path, message, value) => {
    const response = await patch(account, { [path]: value })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'invalid_body', errors: [{ path, message }] })
  })

  test('__proto__ is not a known member', async () => {
    const response = await send('{"__proto__":{"visibility":"private"}}')
    expect(response.status).toBe(422)
  })

  test('one response names all of them', async () => {
    const response = await patch(account, { bio: 1, location: 2, nickname: 'x' })
    expect(await response.json()).toMatchObject({
      detail: 'Refused: bio, location, nickname.',
      errors: [{ path: 'bio' }, { path: 'location' }, { path: 'nickname' }],
    })
  })

  test('no response repeats a value', async () => {
    const response = await patch(account, { website: 'secret-value', visibility: 'secret-value' })
    expect(await response.text()).not.toContain('secret-value')
  })
})

test('no refused request has changed the profile', async () => {
  expect(await (await as(account, 'GET', '/profile')).json()).toEqual(untouched)
})

test('every member is accepted at its limit', async () => {
  const full = {
    displayName: '🦄'.repeat(80),
    bio: 'é'.repeat(500),
    location: 'x'.repeat(100),
    website: `http://w.test/${'a'.repeat(2_034)}`,
    avatarUrl: `https://i.test/${'a'.repeat(2_033)}`,
    username: `n${account.username}`.padEnd(30, 'x'),
  }
  const response = await patch(await createAccount('full'), full)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject(full)
})

test('texts are stored in one normal form, addresses as the URL standard writes them', async () => {
  const response = await patch(await createAccount('form'), {
    displayName: 'Ame\u0301lie',
    website: 'HTTPS://Example.TEST',
  })
  expect(await response.json()).toMatchObject({ displayName: 'Amélie', website: 'https://example.test/' })
})
