// Runs a script as on a machine where programs are missing: with its own PATH and a scripted kubectl.
import { mkdtempDisposableSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileCache } from '../services/compile-cache.ts'
import { root } from './command.ts'
import { outcomeOf, writePrograms } from './test-programs.ts'

/** Resolves with the exit code and everything that the script printed. On its PATH are node and these shell scripts. */
export async function runScript(
  script: string,
  programs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
  words: readonly string[] = [],
) {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'iod-path-'))
  symlinkSync(process.execPath, join(folder.path, 'node'))
  symlinkSync('/bin/sh', join(folder.path, 'sh'))
  writePrograms(folder.path, programs)
  const env = { ...compileCache, PATH: folder.path, KUBECONFIG: '/nowhere', NO_COLOR: '1', ...environment }
  return await outcomeOf(process.execPath, [join(root, script), ...words], { env })
}
