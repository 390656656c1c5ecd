// docs/installing.md from the files of two releases, in a folder without a checkout: installs, updates under load, goes
// back, removes. The namespace of phase 1 is empty before and after.
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { execute, root, run } from '../cluster/command.ts'
import { type Endpoint, probe, untilOpen } from '../cluster/http-probe.ts'
import { codeOf } from '../documents/fences.ts'
import { readService } from '../release/revisions.ts'
import { newPerson, register } from './account.ts'
import { whileClients } from './commands.ts'

const [older, newer] = ['0.0.1-e2e.1', '0.0.1-e2e.2']
const folder = createTestFolder()

/** The commands under a heading of docs/installing.md. */
function commandsOf(heading: string): string {
  const section = readFileSync(join(root, 'docs/installing.md'), 'utf8').split(`\n## ${heading}\n`)[1] ?? ''
  return codeOf(section, 'sh')[0] ?? ''
}

const inFolderOf = (version: string, commands: string) =>
  execute('bash', ['-c', `set -euo pipefail; cd ${join(folder, version)}\n${commands}`])

beforeAll(async () => {
  for (const version of [older, newer]) {
    await run`git tag --force v${version}`
    await execute('make', ['release', `VERSION=${version}`]).finally(() => run`git tag --delete v${version}`)
    cpSync(join(root, 'release', version), join(folder, version), { recursive: true })
    rmSync(join(root, 'release', version), { recursive: true })
    await inFolderOf(version, 'sha256sum --check --quiet SHA256SUMS')
    const cluster = process.env['KIND_CLUSTER'] ?? 'iod'
    await inFolderOf(version, `kind load image-archive --name ${cluster} images.tar.gz`)
  }
}, 300_000)

afterAll(() => inFolderOf(newer, commandsOf('Remove')), 300_000)

const { NODE_PORT } = parseEnv(readFileSync(join(root, '.kube/ports.env'), 'utf8'))
const port = Number(NODE_PORT)
const endpoint: Endpoint = { address: '127.0.0.1', port, authority: `localhost:${port}`, tls: false }

/** Clients read and, below the limit of an account, write. */
const readsPerWrite = 50
const maxWrites = 10

test('the page names every file of a release, and each that it names is there', () => {
  const page = readFileSync(join(folder, newer, 'INSTALL.md'), 'utf8')
  const cells = [...page.matchAll(/^\| (`.*?`) +\|/gm)].map(([, cell = '']) => cell)
  const globs = cells.flatMap(cell => cell.replaceAll(/ENVIRONMENT|VERSION/g, '*').match(/[^`, ]+/g) ?? [])
  const files = readdirSync(join(folder, newer)).filter(file => file !== 'INSTALL.md')
  expect(files.filter(file => !globs.some(glob => matchesGlob(file, glob)))).toEqual([])
  expect(globs.filter(glob => !files.some(file => matchesGlob(file, glob)))).toEqual([])
})

test('installs, updates under load without a failed request or a lost post, and goes back', async () => {
  await inFolderOf(older, commandsOf('Try it'))
  await untilOpen(endpoint)
  const { api } = await register(newPerson(), endpoint)

  const statuses = new Set<number>()
  const slugs: string[] = []
  await whileClients(inFolderOf(newer, commandsOf('Update')), 2, async turn => {
    const body = { title: `Update ${slugs.length}`, body: 'Under load.' }
    if (turn % readsPerWrite === 0 && slugs.length < maxWrites)
      slugs.push((await api.createPost({ body })).data.slug)
    statuses.add((await probe(endpoint, '/posts?limit=1')).status)
  })
  expect([...statuses]).toEqual([200])
  const image = async () => (await readService('posts', 'iod-phase1')).revisions[0]?.image
  expect(await image()).toBe(`dev.local/iod-posts:${newer}`)

  const back = commandsOf('Update').split('\n').slice(2).join('\n')
  await inFolderOf(older, back)
  expect(await image()).toBe(`dev.local/iod-posts:${older}`)
  expect(slugs.length).toBeGreaterThan(0)
  for (const slug of slugs) expect((await api.getPost({ path: { slug } })).data).toMatchObject({ slug })
})
