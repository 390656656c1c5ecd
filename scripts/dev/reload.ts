import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { StartFailure } from '../services/start-failure.ts'

const stopTimeoutMs = 8_000
/** An editor writes a file in several steps, and a checkout writes many files. */
const settleMs = 100

/** Runs apps.ts in its own process, and restarts it after each change below functions/. */
export async function runApps(folder: string, tell: (line: string) => void) {
  const tellOfEnd = () =>
    tell('The functions have stopped: the reason is above. The next change starts them again.')
  let child = spawnApps(folder)
  if (!(await isServing(child))) throw new StartFailure('The functions did not start: the reason is above.')
  child.on('exit', tellOfEnd)

  let reloading = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const registryChange = Promise.withResolvers<void>()
  const functions = join(import.meta.dirname, '..', '..', 'functions')
  const readRegistry = () => readFileSync(join(functions, 'registry.ts'), 'utf8')
  const registry = readRegistry()
  const watcher = watch(functions, { recursive: true }, (_, file) => {
    if (file === null || !/\.(ts|sql|json)$/.test(file) || file.endsWith('.test.ts')) return
    clearTimeout(timer)
    // Some systems report files that were only read.
    if (file === 'registry.ts' && readRegistry() !== registry) return registryChange.resolve()
    timer = setTimeout(() => {
      reloading = reloading.then(reload)
    }, settleMs)
  })

  async function reload(): Promise<void> {
    const startMs = performance.now()
    child.off('exit', tellOfEnd)
    await end(child)
    child = spawnApps(folder)
    const serves = await isServing(child)
    if (serves) child.on('exit', tellOfEnd)
    const outcome = serves
      ? `Reloaded in ${((performance.now() - startMs) / 1_000).toFixed(1)} s.`
      : 'The functions did not start: the reason is above. The next change starts them again.'
    tell(outcome)
  }

  return {
    /** Resolves when functions/registry.ts changes: a new function needs a role, a Redis user and an environment first. */
    registryChanged: registryChange.promise,
    async [Symbol.asyncDispose]() {
      watcher.close()
      clearTimeout(timer)
      await reloading
      child.off('exit', tellOfEnd)
      await end(child)
    },
  }
}

/** In its own session: Ctrl-C in the terminal reaches only the supervisor, which then stops the functions. */
function spawnApps(folder: string): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'apps.ts'), folder], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  })
}

async function isServing(child: ChildProcess): Promise<boolean> {
  const ready = once(child, 'message').then(() => true)
  const ended = once(child, 'exit').then(() => false)
  return Promise.race([ready, ended])
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await ended
  clearTimeout(late)
}
