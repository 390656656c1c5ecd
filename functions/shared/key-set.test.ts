import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { newSigningKey } from '../../scripts/signing-keys.ts'
import { readSigningKeys, watchKeySet } from './key-set.ts'

const folder = mkdtempSync(join(tmpdir(), 'iod-keys-'))
const file = join(folder, 'keys.json')
afterAll(() => rmSync(folder, { recursive: true }))

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
  expect(watchKeySet(file).all()).toEqual([publicKey])
  expect(readSigningKeys(file)).toEqual([key])
  expect(JSON.stringify(watchKeySet(file).all())).not.toContain(d)
})

it('takes up a key that was added, keeps what it has while the file is broken, and forgets a key that was retired', async () => {
  const [first, second] = [newSigningKey(), newSigningKey()]
  write(setOf(first))
  const keySet = watchKeySet(file)
  expect(keySet.find(second.kid)).toBeUndefined()

  write('{"keys": [')
  await sleep(1_050)
  expect(keySet.find(second.kid)).toBeUndefined()
  expect(keySet.find(first.kid)?.x).toBe(first.x)

  write(setOf(second))
  await sleep(1_050)
  expect(keySet.find(first.kid)).toBeUndefined()
  expect(keySet.find(second.kid)?.x).toBe(second.x)
})

it.each([
  ['no JSON', 'hello'],
  ['no keys', '{"keys":[]}'],
  [
    'another curve',
    '{"keys":[{"kty":"EC","crv":"P-256","kid":"a","alg":"ES256","use":"sig","x":"a","y":"b"}]}',
  ],
])('does not start with %s', (_, text) => {
  write(text)
  expect(() => watchKeySet(file)).toThrow()
})
