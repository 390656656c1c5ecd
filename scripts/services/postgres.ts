import { execFile } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { stopLeftover } from './leftover.ts'
import { accountId, findPostgres, type PostgresProgram } from './postgres-program.ts'
import { ServerFailure, type ServerProcess, startServer } from './server-process.ts'
import { StartFailure } from './start-failure.ts'

export interface PostgresOptions {
  /** Data folder; created if missing. */
  readonly folder: string
  readonly port: number
  readonly password: string
  /** Server settings, `name=value`. */
  readonly settings?: readonly string[]
  readonly removeWhenStopped?: readonly string[]
  readonly onOutput?: ((text: string) => void) | undefined
}

export interface Postgres extends ServerProcess {
  /** Connection URL of the owner, who may do everything. */
  url(database: string): string
}

const version = '18'
const owner = 'postgres'
/** SQLSTATE invalid_password. */
const wrongPassword = '28P01'
const remedy = (folder: string) => `remove ${folder} to start with an empty database`

export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { folder, port, password, settings = [], removeWhenStopped = [], onOutput } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const program = findPostgres(folder)
  await createCluster(program, folder, password)
  await stopLeftover(join(folder, 'postmaster.pid'), folder, 'SIGINT')
  const parameters = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', ...settings]
  const server = await startPatiently({
    name: 'PostgreSQL',
    command: program.command('postgres', '-D', folder, ...parameters.flatMap(text => ['-c', text])),
    folder,
    // A replica says "read-only connections".
    readyText: 'database system is ready to accept',
    // Fast shutdown: roll back open transactions, write a checkpoint, exit.
    stopSignal: 'INT',
    removeWhenStopped: [...program.temporaryFolders, ...removeWhenStopped],
    remedy: remedy(folder),
    onOutput,
  })
  return { ...server, url: database => `postgres://${owner}:${password}@127.0.0.1:${port}/${database}` }
}

/** Created under another name and renamed, so that an incomplete folder is never used. */
async function createCluster(program: PostgresProgram, folder: string, password: string): Promise<void> {
  removeDrafts(folder)
  if (existsSync(join(folder, 'PG_VERSION'))) return checkVersion(folder)
  if (readdirSync(folder).length > 0) {
    throw new StartFailure(`${folder} is not a PostgreSQL data folder: move it away or remove it.`)
  }
  const draft = `${folder}.new.${process.pid}`
  mkdirSync(draft, { mode: 0o700 })
  const passwordFile = join(draft, '..', 'postgres.password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (process.getuid?.() === 0)
    for (const path of [draft, passwordFile]) chownSync(path, accountId, accountId)
  const flags = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--auth=scram-sha-256']
  const [file = '', ...parameters] = program.command(
    'initdb',
    ...[`--pgdata=${draft}`, `--username=${owner}`, `--pwfile=${passwordFile}`, ...flags],
  )
  try {
    await promisify(execFile)(file, parameters, { env: { ...process.env, LC_ALL: 'C' } })
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
    throw new ServerFailure({ name: 'PostgreSQL', remedy: remedy(folder) }, said)
  } finally {
    rmSync(passwordFile)
  }
  renameSync(draft, folder)
}

/** Removes the folders of killed runs. An initdb that still runs fails and removes its own folder. */
function removeDrafts(folder: string): void {
  const start = `${basename(folder)}.new.`
  for (const name of readdirSync(dirname(folder)).filter(entry => entry.startsWith(start))) {
    rmSync(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 5 })
  }
}

function checkVersion(folder: string): void {
  const found = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim()
  if (found === version) return
  throw new StartFailure(
    `${folder} was made by PostgreSQL ${found} and this is ${version}: \`make backup\` of a checkout with ${found} saves what is in it; remove it to start with an empty database.`,
  )
}

const patienceMs = 10_000

/** After kill -9 of the server, its children need a moment to exit; until then no other server may use the data. */
async function startPatiently(options: Parameters<typeof startServer>[0]): Promise<ServerProcess> {
  const giveUpMs = performance.now() + patienceMs
  for (;;) {
    try {
      return await startServer(options)
    } catch (error) {
      const busy = error instanceof ServerFailure && error.output.includes('pre-existing shared memory block')
      if (!busy || performance.now() > giveUpMs) throw error
      await sleep(200)
    }
  }
}

/** Creates the database if missing. As the first connection, it also detects a wrong password. */
export async function createDatabase(ownerUrl: string, database: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl })
  await client.connect().catch(error => {
    if (error.code !== wrongPassword) throw error
    throw new StartFailure(
      'PostgreSQL rejects the password, so its data comes from elsewhere: remove its data folder.',
    )
  })
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`)
  } finally {
    await client.end()
  }
}
