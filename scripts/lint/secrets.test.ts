import { execFile } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'

const folder = createTestFolder()

const letters = randomBytes(40).toString('hex')

const secrets = [
  ['a private key', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
  ['a signing key', JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))],
  ['the password of a database', `postgres://iod_auth:${letters}@db.example.test/iod`],
  ['the password of Redis', `rediss://default:${letters}@redis.example.test:6379`],
  ["a mail relay's password", `smtps://mailer:${letters}@mail.example.test`],
  ['a GitHub token', `ghp_${letters.slice(0, 36)}`],
  ['an npm token', `//registry.npmjs.org/:_authToken=npm_${letters.slice(0, 36)}`],
] as const
const allowed = 'passwords that tests make up'
const texts = [...secrets, [allowed, 'postgres://nobody:hunter2@127.0.0.1:1/none'] as const]

const fileOf = (what: string) => join(folder, `${what}.txt`)
const Report = v.array(
  v.object({ filePath: v.string(), messages: v.array(v.object({ severity: v.string() })) }),
)

/** Scans a file for each text by the rules of `make verify`; returns how many errors each has. */
const errorsOf = await (async () => {
  for (const [what, text] of texts) writeFileSync(fileOf(what), `value = '${text}'\n`)
  const options = ['--secretlintrc', join(root, '.secretlintrc.json'), '--format', 'json']
  const { stdout } = await promisify(execFile)(
    join(root, 'node_modules/.bin/secretlint'),
    [...options, ...texts.map(([what]) => fileOf(what))],
    { cwd: root },
  ).catch((error: { readonly stdout: string }) => error)
  const report = v.parse(Report, JSON.parse(stdout))
  return (what: string) =>
    report
      .filter(({ filePath }) => filePath === fileOf(what))
      .map(({ messages }) => messages.filter(({ severity }) => severity === 'error').length)
})()

test.each(secrets)('%s is not committed', what => {
  expect(errorsOf(what)).toEqual([expect.toSatisfy(count => count > 0)])
})

test('a secret that a later commit removed is found', async () => {
  const repository = join(folder, 'repository')
  const git = (...parameters: readonly string[]) =>
    promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.test', ...parameters], {
      cwd: repository,
    })
  const commit = async (text: string) => {
    writeFileSync(join(repository, 'value.txt'), text)
    await git('add', '.')
    await git('commit', '--quiet', '--message', 'A commit')
  }
  const scan = () =>
    promisify(execFile)('make', ['scan-history'], {
      cwd: root,
      env: { ...process.env, GIT_DIR: join(repository, '.git') },
    })
  mkdirSync(repository)
  await git('init', '--quiet')
  await commit('nothing')
  await scan()
  await commit(`postgres://iod_auth:${letters}@db.example.test/iod`)
  await commit('nothing')
  await expect(scan()).rejects.toMatchObject({ stdout: expect.stringContaining('error') })
})

test(`${allowed} are allowed`, () => {
  expect(errorsOf(allowed)).toEqual([0])
})
