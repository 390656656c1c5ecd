// Runs a script as on a machine where programs are missing: with its own PATH and a scripted kubectl.
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { compileCache } from '../services/compile-cache.ts'
import { root } from './command.ts'

/** Creates a folder with node and these programs, each a shell script. */
function pathWith(programs: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'iod-path-'))
  symlinkSync(process.execPath, join(folder, 'node'))
  symlinkSync('/bin/sh', join(folder, 'sh'))
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

/** Resolves with the exit code and everything that the script printed. */
export async function runScript(
  script: string,
  programs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
  words: readonly string[] = [],
) {
  const env = {
    ...compileCache,
    ...{ PATH: pathWith(programs), KUBECONFIG: '/nowhere', NO_COLOR: '1' },
    ...environment,
  }
  return promisify(execFile)(process.execPath, [join(root, script), ...words], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    error => ({ code: Number(error.code), text: `${error.stdout}${error.stderr}` }),
  )
}
