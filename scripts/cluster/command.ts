import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { missingTool } from './tools.ts'

export const root = join(import.meta.dirname, '../..')

/** A program failed; the message is the line that the program wrote about it. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly output: string
  constructor(command: string, output: string) {
    const lines = output.trim().split('\n')
    super(`${command}: ${lines.find(line => /error/i.test(line)) ?? lines.at(-1) ?? ''}`)
    this.output = output
  }
}

export interface RunOptions {
  /** Standard input, which is empty otherwise: no program can wait for an answer. */
  readonly input?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Resolves with what the program printed. */
export async function execute(
  program: string,
  args: readonly string[],
  { input, environment }: RunOptions = {},
): Promise<string> {
  const options = { cwd: root, env: { ...process.env, ...environment }, maxBuffer: Number.POSITIVE_INFINITY }
  const running = promisify(execFile)(program, args, options)
  // A program that ends without reading its input is judged by its exit code.
  running.child.stdin?.on('error', () => undefined)
  running.child.stdin?.end(input)
  const { stdout } = await running.catch(error => {
    if (error.code === 'ENOENT') throw missingTool(program)
    // Another program that did not start, such as one that is not executable, has written nothing.
    if (typeof error.code === 'string') throw error
    throw new CommandError(`${program} ${args[0] ?? ''}`, error.stderr || error.stdout)
  })
  return stdout
}

export type CommandValue = string | number | readonly string[]

/** A command written as a template: run`docker push ${image}`. */
export type CommandTag<Result> = (
  strings: TemplateStringsArray,
  ...values: readonly CommandValue[]
) => Promise<Result>

/** Splits a template at its own spaces. An inserted text never splits; an inserted list yields one argument each. */
export function splitCommand(strings: TemplateStringsArray, values: readonly CommandValue[]): string[] {
  const args: string[] = []
  let word: string | undefined
  for (const [index, literal] of strings.entries()) {
    for (const [part, text] of literal.split(/\s+/).entries()) {
      if (part > 0) {
        if (word !== undefined) args.push(word)
        word = undefined
      }
      if (text !== '') word = (word ?? '') + text
    }
    const value = values[index]
    if (typeof value === 'object') args.push(...value)
    else if (value !== undefined) word = `${word ?? ''}${value}`
  }
  return word === undefined ? args : [...args, word]
}

export const run: CommandTag<string> = (strings, ...values) => {
  const [program = '', ...args] = splitCommand(strings, values)
  return execute(program, args)
}

/** Whether the command succeeds. */
export const succeeds: CommandTag<boolean> = (strings, ...values) =>
  run(strings, ...values).then(
    () => true,
    () => false,
  )

/** Whether the program is on PATH. */
export const isInstalled = (program: string) =>
  (process.env['PATH'] ?? '').split(':').some(folder => folder !== '' && existsSync(join(folder, program)))

/** Rejects the first program that is not on PATH. */
export function requireTools(programs: readonly string[]): void {
  const missing = programs.find(program => !isInstalled(program))
  if (missing !== undefined) throw missingTool(missing)
}
