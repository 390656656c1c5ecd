import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'

const folder = createTestFolder()

mkdirSync(join(folder, 'scripts'))
cpSync(join(root, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true })
cpSync(join(root, '.biome.json'), join(folder, '.biome.json'))

/** Returns what the linter says of the same text in each of the files. */
async function lint(files: readonly string[], text: string): Promise<string> {
  for (const file of files) writeFileSync(join(folder, file), text)
  const biome = join(root, 'node_modules/.bin/biome')
  const options = ['lint', '--vcs-enabled=false', ...files]
  const { stdout, stderr } = await promisify(execFile)(biome, options, { cwd: folder }).catch(
    (error: { readonly stdout: string; readonly stderr: string }) => error,
  )
  return stdout + stderr
}

test.each([
  ['a named wait', "import { setTimeout as sleep } from 'node:timers/promises'\nsleep(1)\n"],
  ['a namespace of waits', "import * as timers from 'node:timers/promises'\ntimers.setTimeout(1)\n"],
  ['a timer', 'setTimeout(() => undefined, 1)\n'],
])('refuses %s in every kind of test', async (_, text) => {
  const files = ['a.test.ts', 'a.commands.ts', 'a.bounds.ts', 'a.races.ts', 'a.e2e.ts', 'test-app.ts']
  const found = await lint([...files, 'production.ts'], text)
  for (const file of files) expect(found).toMatch(new RegExp(`${file}:.*noRestricted(Imports|Globals)`))
  expect(found).not.toContain('production.ts')
})

test.each([
  ['of one test', "test('a', { retry: 2 }, () => undefined)\n"],
  ['of many', 'const busy = { retry: 2 }\ndescribe(busy)\n'],
  ['by a repetition', "test('a', { 'repeats': 2 }, () => undefined)\n"],
])('refuses a second try %s', async (_, text) => {
  const files = ['a.test.ts', 'vitest.config.ts']
  const found = await lint(files, text)
  for (const file of files) expect(found).toContain(`${file}:`)
  expect(found.match(/No second tries/g)).toHaveLength(files.length)
})

test('refuses a wait of the default second, which is too short on a busy machine', async () => {
  const condition = '() => {\n  if (isBusy(1, 2)) throw new Error()\n}'
  expect(await lint(['a.test.ts'], `vi.waitFor(${condition})\n`)).toContain('Say for how long')
  expect(await lint(['a.test.ts'], `vi.waitFor(${condition}, 10_000)\n`)).not.toContain('Say for how long')
})

test('allows to give up a turn', async () => {
  const text = "import { setImmediate as nextTurn } from 'node:timers/promises'\nnextTurn()\n"
  expect(await lint(['a.test.ts'], text)).not.toContain('noRestricted')
})
