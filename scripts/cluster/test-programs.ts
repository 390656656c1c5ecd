// Programs that a command of a test finds on its PATH, and what a command has printed.
import { type ExecFileOptions, execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Writes scripts of a shell, by the names of the programs. */
export function writePrograms(
  folder: string,
  programs: Readonly<Record<string, string>>,
  shell = '/bin/sh',
): void {
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(folder, name), `#!${shell}\n${script}\n`, { mode: 0o755 })
}

/** Resolves with the exit code of a program and everything that it printed. */
export const outcomeOf = (
  program: string,
  args: readonly string[],
  options: Pick<ExecFileOptions, 'cwd' | 'env'>,
) =>
  promisify(execFile)(program, args, options).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    error => ({ code: Number(error.code), text: `${error.stdout}${error.stderr}` }),
  )
