// Commands as make runs them, on the local cluster.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'vitest'
import { root } from '../cluster/command.ts'
import { readService } from '../release/revisions.ts'

export type Options = Readonly<Record<string, string>>

/**
 * Runs a command, the path of a script below scripts/ with its arguments, and interrupts it, as Ctrl-C does, once it has
 * printed `stopAt`.
 */
export async function runCommand(command: string, options: Options = {}, stopAt?: string) {
  const [script = '', ...args] = command.split(' ')
  const child = spawn(process.execPath, [join(root, 'scripts', script), ...args], {
    env: { ...process.env, NO_COLOR: '1', ...options },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk
      if (stopAt !== undefined && !child.killed && text.includes(stopAt)) child.kill('SIGINT')
    })
  const [code]: (number | null)[] = await once(child, 'close')
  return { code, text }
}

export const release = (command: string, options?: Options, stopAt?: string) =>
  runCommand(`release/${command}.ts`, options, stopAt)

/** Calls `act` in each of several clients, again and again, until `finished` is; rejects with the first call that fails. */
export async function whileClients<Result>(
  finished: Promise<Result>,
  clients: number,
  act: (turn: number) => Promise<unknown>,
): Promise<Result> {
  let isOver = false
  const client = async () => {
    for (let turn = 0; !isOver; turn += 1) await act(turn)
  }
  const ending = finished.finally(() => {
    isOver = true
  })
  const [result] = await Promise.all([ending, ...Array.from({ length: clients }, client)])
  return result
}

/** Rolls out the images of a deployed Service once more, with other options. */
export async function deployAgain(service: string, options: Options = {}): Promise<void> {
  const image = (await readService(service, 'iod')).revisions[0]?.image ?? ''
  const { code, text } = await release('deploy', { TAG: image.split(':')[1] ?? '', ...options })
  expect(code, text).toBe(0)
}
