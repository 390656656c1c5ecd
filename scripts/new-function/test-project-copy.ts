import { execFile, execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../cluster/command.ts'
import { environmentWithoutVitest, startDev as startDevOf } from '../dev/test-dev.ts'
import { findFreePort } from '../services/free-port.ts'

/** Links stay links, and no file becomes newer than the mark of the installation. */
const asTheyAre = { verbatimSymlinks: true, preserveTimestamps: true }
const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.test', '-c', 'commit.gpgsign=false']

/**
 * Copies the files of the project into a temporary repository with one commit, with the same packages; a test that installs
 * a package has `ownPackages`.
 */
export function copyProject({ ownPackages = false } = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'iod-copy-')))
  const git = (cwd: string, ...args: readonly string[]) =>
    execFileSync('git', args, { cwd, encoding: 'utf8' })
  // Their times too: a package.json newer than node_modules would be installed again.
  for (const path of git(root, 'ls-files', '--cached', '--others', '--exclude-standard').split('\n'))
    if (path !== '' && existsSync(join(root, path)))
      cpSync(join(root, path), join(folder, path), { preserveTimestamps: true })
  git(folder, 'init', '--quiet')
  git(folder, 'add', '--all')
  git(folder, ...author, 'commit', '--quiet', '--message=copy')
  for (const packages of ['node_modules', 'functions/client/node_modules'])
    if (ownPackages) cpSync(join(root, packages), join(folder, packages), { recursive: true, ...asTheyAre })
    else symlinkSync(join(root, packages), join(folder, packages))
  // .gitignore names the folder, and these are links.
  appendFileSync(join(folder, '.git/info/exclude'), 'node_modules\n')
  return folder
}

/** Runs a program of the project in the copy; resolves with what it prints, rejects with all of it. */
export async function run(folder: string, ...command: readonly string[]): Promise<string> {
  const [program = '', ...parameters] = command
  const path = `${join(folder, 'node_modules/.bin')}:${process.env['PATH']}`
  const env = { ...environmentWithoutVitest(), PATH: path }
  const options = { cwd: folder, env, maxBuffer: 2 ** 24 }
  const { stdout } = await promisify(execFile)(program, parameters, options).catch(error => {
    throw new Error(`${command.join(' ')}\n${error.stdout}\n${error.stderr}`)
  })
  return stdout
}

export const changedFiles = async (folder: string): Promise<readonly string[]> => {
  const status = await run(folder, 'git', 'status', '--porcelain', '--untracked-files=all')
  return status.split('\n').flatMap(line => (line === '' ? [] : [line.slice(3)]))
}

/** Starts `make dev` in the copy; resolves with its address when it serves. */
export async function startDev(folder: string) {
  const port = await findFreePort()
  const dev = await startDevOf({ checkout: folder, dataFolder: join(folder, '.data'), port })
  return { url: `http://localhost:${port}`, stop: () => dev.kill('SIGTERM') }
}
