// Commands as make runs them, on the local cluster.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'vitest'
import { root } from '../cluster/command.ts'
import { readService } from '../release/revisions.ts'

export type Options = Readonly<Record<string, string>>

/** `command` is the path of a script below scripts/, with its arguments. */
export function start(command: string, options: Options = {}) {
  const [script = '', ...args] = command.split(' ')
  const file = join(root, 'scripts', script)
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, NO_COLOR: '1', ...options },
  })
  let text = ''
  const listeners = new Set<() => void>()
  const onData = (chunk: Buffer) => {
    text += chunk
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', onData)
  child.stderr.on('data', onData)
  const finished = once(child, 'close').then(([code]: (number | null)[]) => ({ code, text }))
  return {
    finished,
    /** Resolves when the command prints this; rejects when it ends before. */
    untilPrinted: (wanted: string) =>
      new Promise<void>((resolve, reject) => {
        const check = () => text.includes(wanted) && resolve()
        listeners.add(check)
        check()
        void finished.then(() => reject(new Error(`${command} ended without “${wanted}”:\n${text}`)))
      }),
    /** Sends SIGINT, as Ctrl-C does. */
    interrupt() {
      child.kill('SIGINT')
      return finished
    },
  }
}

export const startRelease = (command: string, options?: Options) => start(`release/${command}.ts`, options)

export const release = (command: string, options?: Options) => startRelease(command, options).finished

/** Rolls out the images of a deployed Service once more, with other options. */
export async function deployAgain(service: string, options: Options = {}): Promise<void> {
  const image = (await readService(service, 'iod')).revisions[0]?.image ?? ''
  const { code, text } = await release('deploy', { TAG: image.split(':')[1] ?? '', ...options })
  expect(code, text).toBe(0)
}
