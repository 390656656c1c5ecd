import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'
import { type Dev, untilReady } from '../dev/test-dev.ts'
import { findFreePort } from '../services/free-port.ts'
import { codeOf } from './fences.ts'
import { shellBlocks, walked } from './shell-blocks.ts'

const folder = createTestFolder()
const clone = join(folder, 'iod')
const run = promisify(execFile)

// As written, apart from the port, which something else may have here. A newcomer has none of the project's programs.
const port = await findFreePort()
const asHere = (text: string) => text.replaceAll('localhost:8080', `localhost:${port}`)
const env = {
  ...process.env,
  PORT: String(port),
  PATH: (process.env['PATH'] ?? '').replace(`${root}/node_modules/.bin:`, ''),
}

const blocks = walked.flatMap(document =>
  shellBlocks(readFileSync(join(root, document), 'utf8'))
    .filter(({ reason, runner }) => reason === undefined && runner === undefined)
    .map(({ line, code }) => ({ name: `${document}:${line}`, code })),
)
const isStart = ({ code }: { readonly code: string }) => /^make dev\b/m.test(code)
const [first, ...others] = blocks

let dev: Dev

beforeAll(async () => {
  await run('git', ['clone', '--quiet', root, clone])
  // The first start also installs the packages.
  const command = ['-euo', 'pipefail', '-c', first?.code ?? '']
  dev = await untilReady(spawn('bash', command, { cwd: clone, env, detached: true }))
})
afterAll(() => dev.kill('SIGINT'))

test('the first block of README.md starts the backend, which prints what README.md shows', () => {
  expect(blocks.map(isStart)).toEqual([true, ...others.map(() => false)])
  const [shown = ''] = codeOf(readFileSync(join(root, 'README.md'), 'utf8'), 'text')
  const withoutTime = (text: string) => asHere(text).replace(/ready in [\d.]+ s/, 'ready')
  expect(withoutTime(dev.output)).toContain(withoutTime(shown))
})

test.each(others)('$name runs as written', async ({ name, code }) => {
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', asHere(code)], { cwd: clone, env })
  expect(stdout).not.toContain('urn:iod:problem')
  if (name.startsWith('README.md'))
    expect(stdout).toMatch(/"accessToken".*"slug":"a-quiet-harbour".*"items":\[\{.*<em>first<\/em>/s)
})
