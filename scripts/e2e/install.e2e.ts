// docs/installing.md from the files of two releases, in a folder without a checkout: installs, updates under load, goes
// back, removes. The namespace of phase 1 is empty before and after.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { execute, root, run } from '../cluster/command.ts'
import { type Endpoint, type ProbeOptions, probe, untilOpen } from '../cluster/http-probe.ts'
import { readService } from '../release/revisions.ts'
import { newPerson, Session } from './account.ts'

const [older, newer] = ['0.0.1-e2e.1', '0.0.1-e2e.2']
const folder = mkdtempSync(join(tmpdir(), 'iod-install-'))

/** The commands under a heading of docs/installing.md. */
function commandsOf(heading: string): string {
  const section = readFileSync(join(root, 'docs/installing.md'), 'utf8').split(`\n## ${heading}\n`)[1] ?? ''
  return /```sh\n(.*?)```/s.exec(section)?.[1] ?? ''
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

afterAll(async () => {
  await inFolderOf(newer, commandsOf('Remove'))
  rmSync(folder, { recursive: true })
}, 300_000)

const { NODE_PORT } = parseEnv(readFileSync(join(root, '.kube/ports.env'), 'utf8'))
const port = Number(NODE_PORT)
const endpoint: Endpoint = { address: '127.0.0.1', port, authority: `localhost:${port}`, tls: false }
const request = (method: string, path: string, options: ProbeOptions = {}) =>
  probe(endpoint, path, { ...options, method })

const Post = v.object({ slug: v.string() })

/** Clients read and, below the limit of an account, write. */
const readsPerWrite = 50
const maxWrites = 10

/** Reads and writes until `finished` is. Returns the statuses, and the slugs of the acknowledged posts. */
async function whileInUse(token: string, finished: Promise<unknown>) {
  const statuses = new Set<number>()
  const slugs: string[] = []
  let isOver = false
  const write = async () => {
    const body = { title: `Update ${slugs.length}`, body: 'Under load.' }
    const response = await request('POST', '/posts', { token, body })
    statuses.add(response.status)
    if (response.status === 201) slugs.push(v.parse(Post, response.json()).slug)
  }
  const client = async () => {
    for (let reads = 0; !isOver; reads++) {
      if (reads % readsPerWrite === 0 && slugs.length < maxWrites) await write()
      statuses.add((await request('GET', '/posts?limit=1')).status)
    }
  }
  const clients = [client(), client()]
  await finished.finally(() => {
    isOver = true
  })
  await Promise.all(clients)
  return { statuses, slugs }
}

test('installs, updates under load without a failed request or a lost post, and goes back', async () => {
  await inFolderOf(older, commandsOf('Try it'))
  await untilOpen(endpoint)
  const registered = await request('POST', '/auth/register', { body: newPerson() })
  expect(registered.status, registered.text).toBe(201)
  const { accessToken: token } = v.parse(Session, registered.json())

  const { statuses, slugs } = await whileInUse(token, inFolderOf(newer, commandsOf('Update')))
  expect([...statuses].toSorted()).toEqual([200, 201])
  const image = async () => (await readService('posts', 'iod-phase1')).revisions[0]?.image
  expect(await image()).toBe(`dev.local/iod-posts:${newer}`)

  const back = commandsOf('Update').split('\n').slice(2).join('\n')
  await inFolderOf(older, back)
  expect(await image()).toBe(`dev.local/iod-posts:${older}`)
  expect(slugs.length).toBeGreaterThan(0)
  for (const slug of slugs) expect((await request('GET', `/posts/${slug}`, { token })).status, slug).toBe(200)
})
