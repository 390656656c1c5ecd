import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newSigningKey } from '../../scripts/secrets/signing-keys.ts'
import { watchKeySet, watchSigningKey } from './key-set.ts'
import { createTestFolder } from './testing/test-folder.ts'

const folder = createTestFolder()
const file = join(folder, 'keys.json')

let writes = 0
function write(text: string): void {
  writeFileSync(file, text)
  // A second apart, whatever the file system's clock can tell.
  writes += 1
  utimesSync(file, writes, writes)
}
const setOf = (...keys: readonly unknown[]) => JSON.stringify({ keys })

it('never shows the private part of a key', () => {
  const key = newSigningKey()
  write(setOf(key))
  const { d, ...publicKey } = key
  expect(watchKeySet({ file }).all()).toEqual([publicKey])
  expect(watchSigningKey({ file })()).toEqual(key)
  expect(JSON.stringify(watchKeySet({ file }).all())).not.toContain(d)
})

it('takes up a key that was added, keeps what it has while the file is broken, and forgets a key that was retired', async () => {
  const [first, second] = [newSigningKey(), newSigningKey()]
  write(setOf(first))
  let passedMs = 0
  const keySet = watchKeySet({ file }, Date.now, () => performance.now() + passedMs)
  expect(keySet.find(second.kid)).toBeUndefined()

  write('{"keys": [')
  passedMs += 1_000
  expect(keySet.find(second.kid)).toBeUndefined()
  expect(keySet.find(first.kid)?.x).toBe(first.x)

  write(setOf(second))
  passedMs += 1_000
  expect(keySet.find(first.kid)).toBeUndefined()
  expect(keySet.find(second.kid)?.x).toBe(second.x)
})

it('a key signs from its nbf on, and is not believed from its exp on', () => {
  let nowMs = 1_000_000
  const now = () => nowMs
  const first = { ...newSigningKey(), exp: 2_000 }
  const second = { ...newSigningKey(), nbf: 1_500 }
  write(setOf(first, second))
  const [keySet, signingKey] = [watchKeySet({ file }, now), watchSigningKey({ file }, now)]
  expect(signingKey().kid).toBe(first.kid)
  expect(keySet.find(second.kid)).toBeDefined()

  nowMs = 1_500_000
  expect(signingKey().kid).toBe(second.kid)
  expect(keySet.find(first.kid)).toBeDefined()

  nowMs = 2_000_000
  expect(keySet.find(first.kid)).toBeUndefined()
  expect(keySet.all().map(key => key.kid)).toEqual([second.kid])
})

it('signs with nothing rather than with a retired key or one to come', () => {
  let nowMs = 1_500_000
  const now = () => nowMs
  write(setOf({ ...newSigningKey(), nbf: 1_600, exp: 1_800 }))
  const signingKey = watchSigningKey({ file }, now)
  expect(signingKey).toThrow(expect.objectContaining({ code: 'unavailable' }))
  nowMs = 1_700_000
  expect(signingKey()).toBeDefined()
  nowMs = 1_800_000
  expect(signingKey).toThrow(expect.objectContaining({ code: 'unavailable' }))
})

it('does not start with signing keys that have all expired', () => {
  write(setOf({ ...newSigningKey(), exp: 1 }))
  expect(() => watchSigningKey({ file })).toThrow('JWT_SIGNING_KEYS')
})

it.each([
  ['no JSON', 'hello'],
  ['no keys', '{"keys":[]}'],
  [
    'another curve',
    '{"keys":[{"kty":"EC","crv":"P-256","kid":"a","alg":"ES256","use":"sig","x":"a","y":"b"}]}',
  ],
  ['two keys of one kid', setOf({ ...newSigningKey(), kid: '1' }, { ...newSigningKey(), kid: '1' })],
])('does not start with %s', (_, text) => {
  write(text)
  expect(() => watchKeySet({ file })).toThrow()
})

it('does not start with a private key whose public half is of another', () => {
  write(setOf({ ...newSigningKey(), x: newSigningKey().x }))
  expect(() => watchSigningKey({ file })).toThrow('is not a JWKS')
})
