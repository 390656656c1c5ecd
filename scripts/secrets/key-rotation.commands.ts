import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSignAccessToken } from '../../functions/auth/sessions/sign-access-token.ts'
import { createVerifyAccessToken } from '../../functions/shared/access-token.ts'
import { AccountIdSchema, SessionIdSchema } from '../../functions/shared/ids.ts'
import { watchKeySet, watchSigningKey } from '../../functions/shared/key-set.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { publicKeys, rotate } from './key-rotation.ts'
import { newSigningKey } from './signing-keys.ts'

const folder = createTestFolder()
const [privateFile, publicFile] = [join(folder, 'signing-keys.json'), join(folder, 'jwks.json')]
afterEach(() => void vi.useRealTimers())

const terms = { issuer: 'https://api.test', audience: 'https://api.test' }
const id = '0199a0de-0000-7000-8000-000000000000'
const actor = {
  accountId: v.parse(AccountIdSchema, id),
  sessionId: v.parse(SessionIdSchema, id),
  role: 'user' as const,
}

function write(keys: ReturnType<typeof rotate>['keys']): void {
  writeFileSync(publicFile, JSON.stringify({ keys: publicKeys(keys) }))
  writeFileSync(privateFile, JSON.stringify({ keys }))
}

/** The three parts of a running system; none of them restarts. */
function startParts() {
  write([newSigningKey()])
  const verify = createVerifyAccessToken(terms, watchKeySet({ file: publicFile }), {
    isRevoked: async () => false,
  })
  return {
    sign: () => createSignAccessToken(terms, watchSigningKey({ file: privateFile })),
    accepts: async (token: string) => (await verify(token)) !== undefined,
    published: watchKeySet({ file: privateFile }),
  }
}

const kidOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
const minutes = (count: number) => vi.advanceTimersByTime(count * 60_000)
const readKeys = () => JSON.parse(readFileSync(privateFile, 'utf8')).keys

describe('rotation', () => {
  it('accepts every token during its lifetime, and stops signing with the old key', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    const parts = startParts()
    const sign = parts.sign()
    const before = await sign(actor)
    write(rotate(readKeys(), Date.now()).keys)

    minutes(1)
    expect(parts.published.all()).toHaveLength(2)
    expect(await parts.accepts(before)).toBe(true)
    expect(kidOf(await sign(actor))).toBe(kidOf(before))

    minutes(8)
    const lastOfOld = await sign(actor)
    expect(kidOf(lastOfOld)).toBe(kidOf(before))

    minutes(1.1)
    const firstOfNew = await sign(actor)
    expect(kidOf(firstOfNew)).not.toBe(kidOf(before))
    expect(await parts.accepts(lastOfOld)).toBe(true)
    expect(await parts.accepts(firstOfNew)).toBe(true)

    minutes(13)
    expect(await parts.accepts(lastOfOld)).toBe(true)

    minutes(4)
    expect(parts.published.all().map(key => key.kid)).toEqual([kidOf(firstOfNew)])
    expect(await parts.accepts(await sign(actor))).toBe(true)
  })

  it('a retired key is rejected, even if the token claims to be valid', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    const parts = startParts()
    const [stolen] = readKeys()
    write(rotate(readKeys(), Date.now()).keys)
    minutes(27)
    const forged = await createSignAccessToken(terms, () => stolen)(actor)
    expect(await parts.accepts(forged)).toBe(false)
  })

  it('ends all tokens of a stolen key at once', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    const parts = startParts()
    const sign = parts.sign()
    const before = await sign(actor)
    write(rotate(readKeys(), Date.now(), 'now').keys)
    minutes(0.1)
    expect(await parts.accepts(before)).toBe(false)
    expect(await parts.accepts(await sign(actor))).toBe(true)
  })

  it('signs with the new key once each of many pods has been replaced, and never earlier than after ten minutes', () => {
    const startMs = Math.floor(Date.now() / 1_000) * 1_000
    const secondsUntil = (pods: number) =>
      (rotate([newSigningKey()], startMs, 'in time', pods).signsFrom.getTime() - startMs) / 1_000
    expect([0, 10, 11, 30].map(secondsUntil)).toEqual([600, 600, 660, 1_800])
  })

  it('signs with the new key at once where no other signs', () => {
    const startMs = Math.floor(Date.now() / 1_000) * 1_000
    const { keys, signsFrom } = rotate([{ ...newSigningKey(), exp: 1 }], startMs)
    expect([keys.length, signsFrom.getTime()]).toEqual([1, startMs])
  })

  it('is refused while another is in progress, and removes retired keys', () => {
    const start = Date.now()
    const first = rotate([newSigningKey()], start)
    expect(() => rotate(first.keys, start + 60_000)).toThrow('A rotation is in progress')
    const second = rotate(first.keys, first.oldKeysRetireAt.getTime())
    expect(second.keys).toHaveLength(2)
    expect(rotate(first.keys, start + 60_000, 'now').keys).toHaveLength(2)
  })
})

describe('node scripts/secrets/rotate-keys.ts', () => {
  const runWith = (options: Readonly<Record<string, string>>, ...args: string[]) =>
    execFileSync(process.execPath, [join(import.meta.dirname, 'rotate-keys.ts'), ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options },
    })
  const run = (...args: string[]) => runWith({}, ...args)

  it('rotates a pair of files, and writes no private part to the public one', () => {
    write([newSigningKey()])
    expect(run(privateFile, publicFile)).toContain('signs from')
    expect(readKeys()).toHaveLength(2)
    expect(readFileSync(publicFile, 'utf8')).not.toContain('"d"')
    expect(JSON.parse(readFileSync(publicFile, 'utf8')).keys).toEqual(publicKeys(readKeys()))
    expect(statSync(privateFile).mode & 0o777).toBe(0o600)
  })

  it('reports a fault and changes nothing', () => {
    expect(() => run(privateFile, publicFile)).toThrow('A rotation is in progress')
    expect(() => run(privateFile)).toThrow('usage:')
    expect(readKeys()).toHaveLength(2)
  })

  it('shows nothing of a damaged key', () => {
    writeFileSync(privateFile, 'hunter2')
    const damaged = 'Refused: the signing keys are damaged: remove them, and NOW=1 makes new ones.\n'
    expect(() => run(privateFile, publicFile)).toThrow(expect.objectContaining({ stderr: damaged }))
  })

  it('replaces a file that is lost, with NOW only', () => {
    rmSync(privateFile)
    expect(() => run(privateFile, publicFile)).toThrow(`there is no ${privateFile}`)
    expect(runWith({ NOW: '1' }, privateFile, publicFile)).toContain('signs from')
    expect(readKeys()).toHaveLength(1)
    expect(JSON.parse(readFileSync(publicFile, 'utf8')).keys).toEqual(publicKeys(readKeys()))
  })
})
