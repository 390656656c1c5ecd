// make backup, restore, export-secrets and import-secrets as commands, without a cluster.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { expect, test } from 'vitest'
import { migrateEnvironment } from '../../functions/environment-of.ts'
import { createCertificates } from '../../functions/shared/testing/certificates.ts'
import { createTestDatabase } from '../../functions/shared/testing/database.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'
import { runScript } from '../cluster/test-script.ts'
import { copyProject } from '../new-function/test-project-copy.ts'
import { seal } from './sealed-file.ts'

const { ownerUrl } = await createTestDatabase()
const { authority } = createCertificates()
const folder = createTestFolder()

const ofDatabase = { ...migrateEnvironment(ownerUrl, () => 'x'.repeat(24)), ON: 'url' }
const archivesIn = (path: string) => readdirSync(path).filter(name => name.endsWith('.tar.zst'))

test('a backup of one database removes none of another one', async () => {
  const other = 'iod-127.0.0.1-1-other-20261101T000000Z.tar.zst'
  writeFileSync(join(folder, other), '')
  const options = { ...ofDatabase, KEEP: '1' }
  for (const TO of [relative(root, folder), folder]) {
    const { code, text } = await runScript('scripts/backup/backup.ts', {}, { ...options, TO })
    expect(code, text).toBe(0)
    expect(text).toMatch(new RegExp(`^${folder}/iod-`, 'm'))
  }
  const { hostname, port, pathname } = new URL(ownerUrl)
  const start = `iod-${hostname}-${port}-${pathname.slice(1)}-`
  expect(archivesIn(folder).toSorted()).toEqual([other, expect.stringContaining(start)])
})

test('backup, restore and admin verify the server by DATABASE_CA', async () => {
  const [archive = ''] = archivesIn(folder).filter(name => !name.includes('other'))
  const options = { ...ofDatabase, DATABASE_CA: authority, TO: relative(root, folder), FORCE: 'yes' }
  for (const script of ['backup/backup.ts', 'backup/restore.ts', 'admin/admin.ts']) {
    const given = { ...options, FROM: join(folder, archive), EMAIL: 'ada@example.test' }
    const { code, text } = await runScript(`scripts/${script}`, {}, given)
    expect(code).toBe(1)
    expect(text).toContain('The server does not support SSL connections')
  }
})

test('an export replaces no earlier one', async () => {
  for (const name of ['secrets.json', 'signing-keys.json']) writeFileSync(join(folder, name), '{}')
  const identity = await generateIdentity()
  const file = join(folder, 'dev-secrets.age')
  const options = { DATA_FOLDER: folder, TO: file, RECIPIENT: await identityToRecipient(identity) }
  expect((await runScript('scripts/backup/export-secrets.ts', {}, options)).code).toBe(0)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const before = readFileSync(file)
  const { code, text } = await runScript('scripts/backup/export-secrets.ts', {}, options)
  expect([code, text]).toEqual([
    1,
    `Refused: ${file} is there already: move it away, or name another by TO=….\n`,
  ])
  expect(readFileSync(file)).toEqual(before)
})

test('an import of another age file shows nothing of what is in it', async () => {
  const identity = await generateIdentity()
  const [FROM, IDENTITY] = [join(folder, 'other.age'), join(folder, 'other-identity')]
  writeFileSync(IDENTITY, `${identity}\n`)
  const recipient = await identityToRecipient(identity)
  for (const content of ['hunter2', '"hunter2"', '{"of":"dev","files":"hunter2"}']) {
    writeFileSync(FROM, await seal(content, { passphrase: undefined, recipient }))
    const { text } = await runScript('scripts/backup/export-secrets.ts', {}, { FROM, IDENTITY }, ['--import'])
    expect(text).toBe(`Refused: ${FROM} is no file of \`make export-secrets\`.\n`)
  }
})

test('an export names a Secret that the cluster lacks', async () => {
  const mark = JSON.stringify({ metadata: { name: 'made-by-make-up' } })
  const kubectl = `case "$*" in *made-by-make-up*) echo '${mark}' ;; esac`
  const options = { ON: 'cluster', RECIPIENT: 'age1', TO: join(folder, 'kind.age') }
  const { text } = await runScript('scripts/backup/export-secrets.ts', { kubectl }, options)
  expect(text).toMatch(/^Refused: the namespace iod has no Secret [\w-]+\.\n$/)
})

test('Secrets of the local cluster come back before `make up`, without a cluster', async () => {
  const copy = copyProject()
  try {
    const identity = await generateIdentity()
    const [FROM, IDENTITY] = [join(folder, 'kind-secrets.age'), join(folder, 'identity')]
    writeFileSync(IDENTITY, `${identity}\n`)
    const data = { PASSWORD_PEPPER: Buffer.from('kept').toString('base64') }
    const secrets = { of: 'cluster', secrets: { auth: { type: 'Opaque', data } } }
    const recipient = await identityToRecipient(identity)
    writeFileSync(FROM, await seal(JSON.stringify(secrets), { passphrase: undefined, recipient }))

    const script = relative(root, join(copy, 'scripts/backup/export-secrets.ts'))
    const { code, text } = await runScript(script, {}, { ON: 'cluster', FROM, IDENTITY }, ['--import'])
    expect([code, text]).toEqual([0, 'The Secrets are in place.\n'])
    const file = join(copy, '.kube/secrets.json')
    expect(JSON.parse(readFileSync(file, 'utf8')).items).toMatchObject([
      { metadata: { name: 'auth', namespace: 'iod' }, stringData: { PASSWORD_PEPPER: 'kept' } },
    ])
  } finally {
    rmSync(copy, { recursive: true })
  }
})
