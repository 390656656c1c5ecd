import { execFile, spawn } from 'node:child_process'
import { appendFileSync, existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Variables } from '../../functions/environment-of.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { bundleOptions } from './bundle-options.ts'
import { processes } from './processes.ts'
import { togetherPlugin } from './together.ts'

const folder = createTestFolder()

// One build of all reads the sources and packages that they share once.
beforeAll(() =>
  build({
    ...bundleOptions,
    entryPoints: processes.flatMap(({ name, main }) => [
      { in: main, out: `${name}/main` },
      { in: 'functions/code-cache/main.ts', out: `${name}/cached` },
    ]),
    plugins: [togetherPlugin],
    outdir: folder,
  }),
)

// Side by side: a process that warms up waits for Postgres while it is young.
describe.concurrent.each(processes)('$name', { timeout: 60_000 }, ({ name, plan }) => {
  const outdir = join(folder, name)
  const cached = join(outdir, 'cached.cjs')

  it('starts without a cache, writes one, starts from it, and ignores one that V8 rejects', async () => {
    const started = ['listening', 'loaded']
    expect(existsSync(join(outdir, 'main.cache'))).toBe(false)
    expect(await messagesUntilLoaded(cached, plan.environment)).toEqual(started)

    const planFile = join(outdir, 'plan.json')
    writeFileSync(planFile, JSON.stringify(plan))
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'warm-up.ts'), cached, planFile])
    // Code compiled at load alone is about 130 kB; requests add the rest.
    expect(statSync(join(outdir, 'main.cache')).size).toBeGreaterThan(300_000)
    expect(await messagesUntilLoaded(cached, plan.environment)).toEqual(started)

    appendFileSync(join(outdir, 'main.cjs'), '\n// another length')
    expect(await messagesUntilLoaded(cached, plan.environment)).toEqual([
      'V8 rejected the code cache; this start compiles everything',
      ...started,
    ])
  })
})

async function messagesUntilLoaded(file: string, env: Variables): Promise<readonly string[]> {
  const child = spawn(process.execPath, [file], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const messages: string[] = []
  for await (const line of createInterface(child.stdout)) {
    messages.push(JSON.parse(line).message)
    if (messages.at(-1) === 'loaded') child.kill('SIGKILL')
  }
  return messages.slice(0, messages.indexOf('loaded') + 1).filter(message => !message.startsWith('Postgres'))
}
