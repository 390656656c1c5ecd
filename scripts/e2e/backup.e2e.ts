// make backup, restore, export-secrets and import-secrets with ON=cluster, while the functions run.
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'
import { get, kubectl } from '../cluster/kubectl.ts'
import { at } from '../manifests/json.ts'
import { apiClient, register } from './account.ts'
import { runCommand } from './commands.ts'

const folder = createTestFolder()

const onCluster = { ON: 'cluster', ENVIRONMENT: '', TO: relative(root, folder) }
const run = (command: string, options = {}) => runCommand(`backup/${command}`, { ...onCluster, ...options })

test('a backup brings back what it holds, and nothing that came later', async () => {
  const { api, username, email, password } = await register()
  const publish = async (when: string) =>
    (await api.createPost({ body: { title: `${when} ${username}`, body: 'Kept.' } })).data
  const kept = await publish('Before the backup')

  const backup = await run('backup.ts')
  expect(backup.code, backup.text).toBe(0)
  const [archive = ''] = readdirSync(folder)
  expect(archive).toMatch(/^iod-kind-\d{8}T\d{6}Z\.tar\.zst$/)
  const later = await publish('After the backup')

  const FROM = join(folder, archive)
  const refused = await run('restore.ts', { FROM })
  expect(refused.text).toContain('holds rows in auth.accounts; FORCE=yes')
  expect(refused.code).toBe(1)
  const reader = apiClient()
  expect((await reader.getPost({ path: later })).data).toMatchObject(later)

  const restored = await run('restore.ts', { FROM, FORCE: 'yes' })
  expect(restored.code, restored.text).toBe(0)
  expect(restored.text).toContain('Restored as it was at')
  await apiClient().logIn({ body: { email, password } })
  expect((await reader.getPost({ path: kept })).data).toMatchObject({ slug: kept.slug })
  // Until its cache entry expires.
  const isGone = () => expect(reader.getPost({ path: later })).rejects.toMatchObject({ code: 'not_found' })
  await vi.waitFor(isGone, { timeout: 60_000, interval: 1_000 })
  await publish('After the restore')
})

const PASSPHRASE = 'correct horse battery'
const secretOf = async (name: string, namespace: string) =>
  at(await get`secret ${name} --namespace ${namespace}`, 'data')

test('Secrets move to a cluster that has none, and replace no others', async () => {
  // The end of the test deletes it.
  expect(await get`namespace iod-phase1`, 'phase 1 is deployed').toBeUndefined()
  const FROM = join(folder, 'kind-secrets.age')
  const exported = await run('export-secrets.ts', { PASSPHRASE, TO: FROM })
  expect(exported.code, exported.text).toBe(0)
  try {
    const elsewhere = { FROM, PASSPHRASE, ENVIRONMENT: 'phase1' }
    const imported = await run('export-secrets.ts --import', elsewhere)
    expect(imported.code, imported.text).toBe(0)
    for (const name of ['auth', 'migrate', 'redis'])
      expect(await secretOf(name, 'iod-phase1')).toEqual(await secretOf(name, 'iod'))

    const again = await run('export-secrets.ts --import', elsewhere)
    expect(again.text).toContain('the Secret auth is there already: delete it first.')
    expect(again.code).toBe(1)
    const local = await run('export-secrets.ts --import', { FROM, PASSPHRASE })
    expect(local.text).toContain('.kube/secrets.json is there already')
    expect(local.code).toBe(1)
  } finally {
    await kubectl`delete namespace iod-phase1 --ignore-not-found`
  }
})
