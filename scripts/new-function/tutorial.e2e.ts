// The example of docs/adding-a-function.md as a reader follows it, in a copy of the project with packages of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { createClient } from '../../functions/client/index.ts'
import { isInstalled, root } from '../cluster/command.ts'
import { type Fence, fencesOf } from '../documents/fences.ts'
import { findFreePort } from '../services/free-port.ts'
import { changedFiles, copyProject, run, startDev } from './test-project-copy.ts'

const timeoutMs = 600_000
const [before = '', example = ''] = readFileSync(join(root, 'docs/adding-a-function.md'), 'utf8').split(
  /^(?=## An example: )/m,
)
const blocks = fencesOf(example)
const isTry = ({ code }: Fence) => /versitygw|\$upload/.test(code) && !isRemoval({ code })
const isRemoval = ({ code }: Pick<Fence, 'code'>) => code.includes('make remove-function')

const folder = copyProject({ ownPackages: true })
const bucketPort = await findFreePort()
let dev: Awaited<ReturnType<typeof startDev>> | undefined
afterAll(async () => {
  await dev?.stop()
  rmSync(folder, { recursive: true, force: true })
}, timeoutMs)

/** As written, apart from the ports, which something else may have here. */
const asHere = (code: string) =>
  code
    .replaceAll('localhost:7070', `localhost:${bucketPort}`)
    .replaceAll('http://localhost:8080', dev?.url ?? '')

const isFile = ({ comment }: Fence) => comment.startsWith('file: ')

/** Does what a reader does: runs commands, changes files, writes whole files and rows of a table. */
async function follow({ line, language, code, comment }: Fence): Promise<string> {
  const [, kind, pattern] = /^(file|rows): (\S+)$/.exec(comment) ?? []
  if (pattern !== undefined) {
    const [path = pattern] = globSync(pattern, { cwd: folder })
    const file = join(folder, path)
    writeFileSync(file, kind === 'rows' ? withRows(readFileSync(file, 'utf8'), code) : code)
    return ''
  }
  if (language === 'sh') return run(folder, 'bash', '-euo', 'pipefail', '-c', asHere(code))
  if (language !== 'diff') throw new Error(`line ${line}: a block of ${language} that names no file`)
  const patch = join(folder, '.data/example.patch')
  writeFileSync(patch, code)
  return run(folder, 'git', 'apply', '--recount', patch)
}

/** Replaces each row that begins with the same cell. */
const withRows = (text: string, rows: string): string =>
  rows
    .trim()
    .split('\n')
    .reduce((table, row) => {
      const [, cell = ''] = row.split('|')
      return table.replace(new RegExp(`^\\| *${cell.trim()} *\\|.*$`, 'm'), () => row)
    }, text)

test('the example passes `make verify` and its tests', { timeout: timeoutMs }, async () => {
  expect(before).toContain('make function NAME=media')
  await run(folder, 'make', 'function', 'NAME=media')
  const written = blocks.filter(block => !isTry(block) && !isRemoval(block))
  expect(written.filter(isFile).length).toBeGreaterThan(5)
  const outputs: string[] = []
  for (const block of written) outputs.push(await follow(block))
  expect(outputs.at(-1)).toContain('passed')
})

test('an image goes to versitygw and comes back', { timeout: timeoutMs }, async t => {
  if (!isInstalled('go')) return t.skip('Go, which builds versitygw, is not installed')
  const [server, upload, refusals, ...others] = blocks.filter(isTry)
  if (server === undefined || upload === undefined || refusals === undefined)
    throw new Error('a block is missing')
  expect(others).toEqual([])
  await follow(server)
  dev = await startDev(folder)
  // In one shell, as a reader's terminal is: the last block goes on with the URLs of the one before.
  const output = await follow({ ...upload, code: upload.code + refusals.code })
  expect(output).toMatch(/The same bytes came back\.\n403\n403\n403\n$/)
})

/** A bundle has fewer globals than `make dev`. */
test('the bundle of the function signs too', { timeout: timeoutMs }, async t => {
  if (dev === undefined) return t.skip('there is no session without the test before')
  await run(folder, 'node', 'scripts/build/build.ts')
  const port = await findFreePort()
  const bundle = spawn('node', ['--env-file=.data/media.env', 'dist/media/main.cjs'], {
    ...{ cwd: folder, stdio: 'ignore' },
    env: { PATH: process.env['PATH'], PORT: String(port) },
  })
  try {
    const { accessToken } = (await signUp(dev.url)).data
    const create = () =>
      fetch(`http://127.0.0.1:${port}/media/images`, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ contentType: 'image/png', sizeBytes: 68 }),
      })
    const response = await vi.waitFor(create, { timeout: 30_000, interval: 100 })
    expect(response.status).toBe(201)
    expect(await response.text()).toContain('X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost')
  } finally {
    bundle.kill()
    await once(bundle, 'exit')
  }
})

const signUp = (baseUrl: string) =>
  createClient({ baseUrl }).register({
    body: { email: 'max@example.com', username: 'max', password: 'a long walk by the sea' },
  })

test('it is removed without a trace', { timeout: timeoutMs }, async () => {
  await dev?.stop()
  dev = undefined
  const removal = blocks.filter(isRemoval)
  expect(removal).toHaveLength(1)
  // Without Go there is no server to stop.
  const isServed = existsSync(join(folder, '.data/versitygw.pid'))
  for (const block of removal)
    await follow(isServed ? block : { ...block, code: block.code.replace(/^kill .*\n/m, '') })
  expect(await changedFiles(folder)).toEqual([])
})
