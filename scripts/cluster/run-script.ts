// Runs a script as on a machine where programs are missing: with its own PATH and a scripted kubectl.
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileCache } from '../services/compile-cache.ts'
import { root } from './command.ts'
import { outcomeOf, writePrograms } from './programs.ts'

/** Creates a folder with node and these programs, each a shell script. */
function pathWith(programs: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'iod-path-'))
  symlinkSync(process.execPath, join(folder, 'node'))
  symlinkSync('/bin/sh', join(folder, 'sh'))
  writePrograms(folder, programs)
  return folder
}

/** Resolves with the exit code and everything that the script printed. */
export async function runScript(
  script: string,
  programs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
  words: readonly string[] = [],
) {
  const path = pathWith(programs)
  const env = { ...compileCache, PATH: path, KUBECONFIG: '/nowhere', NO_COLOR: '1', ...environment }
  try {
    return await outcomeOf(process.execPath, [join(root, script), ...words], { env })
  } finally {
    rmSync(path, { recursive: true })
  }
}
