import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'

const folder = createTestFolder()
const program = `
  import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))}
  try {
    await takeLock(${JSON.stringify(folder)})
    console.log('taken')
    setInterval(() => undefined, 1_000)
  } catch (error) {
    console.log(error.message)
  }`

/** Tries to take the lock in a process of its own, which keeps it until it is killed. */
async function take() {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [outcome]: unknown[] = await once(createInterface(child.stdout), 'line')
  return { outcome: String(outcome), child }
}

test.each(['for the first time', 'after kill -9'])(
  'of several that start at once %s, one takes the lock',
  async () => {
    const starts = await Promise.all(Array.from({ length: 5 }, take))
    const [holder, ...others] = starts.filter(({ outcome }) => outcome === 'taken')
    expect(others).toEqual([])
    const refused = starts.filter(one => one !== holder).map(({ outcome }) => outcome)
    expect(refused).toEqual(
      Array(4).fill(expect.stringMatching(/^`make dev` already runs in this folder \(process \d*\)/)),
    )
    expect((await take()).outcome).toContain(`(process ${holder?.child.pid})`)
    holder?.child.kill('SIGKILL')
    await once(holder?.child ?? process, 'exit')
  },
)
