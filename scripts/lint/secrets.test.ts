import { execFile } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { root } from '../cluster/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'iod-secrets-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Scans a file with this text by the rules of `make verify`, and resolves with what is printed. */
async function scan(text: string): Promise<string> {
  const file = join(folder, 'planted.txt')
  writeFileSync(file, text)
  const options = ['--secretlintrc', join(root, '.secretlintrc.json'), file]
  const { stdout, stderr } = await promisify(execFile)(join(root, 'node_modules/.bin/secretlint'), options, {
    cwd: root,
  }).catch((error: { readonly stdout: string; readonly stderr: string }) => error)
  return stdout + stderr
}

const letters = randomBytes(40).toString('hex')

test.each([
  ['a private key', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
  ['a signing key', JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))],
  ['the password of a database', `postgres://iod_auth:${letters}@db.example.test/iod`],
  ['the password of Redis', `rediss://default:${letters}@redis.example.test:6379`],
  ["a mail relay's password", `smtps://mailer:${letters}@mail.example.test`],
  ['a GitHub token', `ghp_${letters.slice(0, 36)}`],
  ['an npm token', `//registry.npmjs.org/:_authToken=npm_${letters.slice(0, 36)}`],
])('%s is not committed', async (_, secret) => {
  expect(await scan(`value = '${secret}'\n`)).toMatch(/[1-9]\d* error/)
})

test('passwords that tests make up are allowed', async () => {
  expect(await scan("const url = 'postgres://nobody:hunter2@127.0.0.1:1/none'\n")).toBe('')
})
