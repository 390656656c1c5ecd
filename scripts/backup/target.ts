import { migrateEnvironment, type Variables } from '../../functions/environment-of.ts'
import { readDatabase } from '../../functions/migrate/config.ts'
import { UsageError } from '../cli/options.ts'
import { readSecret } from '../cluster/secret-data.ts'
import { forwardPort } from '../cluster/tunnels.ts'
import { choosePorts, dataFolder, openDataFolder, readSecrets } from '../dev/data-folder.ts'
import { readEnvironment } from '../dev/environment.ts'
import { takeLock } from '../dev/lock.ts'
import { startDevPostgres } from '../dev/postgres.ts'
import { type Place, requireCluster, type Target, targetOf } from '../release/target.ts'
import { StartFailure } from '../services/start-failure.ts'

/** A database to back up or to restore into. */
export interface BackupTarget extends AsyncDisposable {
  /** `dev`, `kind`, or `db.example.com-5432-iod`: part of the archive's name. */
  readonly name: string
  /** What `functions/migrate` reads: DATABASE_URL of the owner, DATABASE_CA, and the roles' passwords. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

export async function openTarget({ kind, environment }: Place): Promise<BackupTarget> {
  if (kind === 'url') return givenTarget()
  return kind === 'cluster' ? openClusterTarget(targetOf(environment)) : openDevTarget(dataFolder)
}

const givenTarget = (): BackupTarget => ({
  name: databaseName(readDatabase(process.env).databaseUrl),
  environment: process.env,
  [Symbol.asyncDispose]: async () => undefined,
})

/** Host, port and name of a database, as a part of a file's name: `make backup` removes old archives of the same one only. */
export function databaseName(databaseUrl: string): string {
  const { hostname, port, pathname, searchParams, username } = new URL(databaseUrl)
  const host = hostname || (searchParams.get('host') ?? 'localhost')
  const database = decodeURIComponent(pathname.slice(1) || username)
  return [host, port || '5432', database].map(encodeURIComponent).join('-')
}

/** Through a port of this machine, unless the database is outside of the cluster. */
async function openClusterTarget({ environment: name, namespace }: Target): Promise<BackupTarget> {
  await requireCluster(name)
  const environment = await readSecret('migrate', namespace)
  if (environment['DATABASE_URL'] === undefined)
    throw new UsageError(`the namespace ${namespace} has no Secret migrate with a DATABASE_URL.`)
  const url = new URL(environment['DATABASE_URL'])
  // A name without a dot is a Service of the namespace.
  if (url.hostname.includes('.')) return { name, environment, [Symbol.asyncDispose]: async () => undefined }
  const tunnel = await forwardPort(`service/${url.hostname}`, namespace, Number(url.port || 5432))
  url.host = `127.0.0.1:${tunnel.port}`
  return {
    name,
    // The tunnel itself is TLS of the API server, and the certificate of Postgres is for the name of its Service.
    environment: { ...environment, DATABASE_URL: url.href, DATABASE_CA: undefined },
    [Symbol.asyncDispose]: async () => tunnel.close(),
  }
}

/** The database of a `make dev` that runs; where none does, Postgres is started for as long as this takes. */
async function openDevTarget(folder: string): Promise<BackupTarget> {
  await using running = new AsyncDisposableStack()
  openDataFolder(folder)
  const environment = isRunning(folder, running)
    ? readEnvironment(folder, 'migrate')
    : await startPostgresOf(folder, running)
  const held = running.move()
  return { name: 'dev', environment, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

/** Keeps a `make dev` from starting while this runs, unless one runs already. */
function isRunning(folder: string, running: AsyncDisposableStack): boolean {
  try {
    running.use(takeLock(folder))
    return false
  } catch (error) {
    if (error instanceof StartFailure) return true
    throw error
  }
}

async function startPostgresOf(folder: string, running: AsyncDisposableStack): Promise<Variables> {
  const secrets = readSecrets(folder)
  const postgres = await startDevPostgres(folder, await choosePorts(folder), secrets)
  running.defer(postgres.stop)
  return migrateEnvironment(postgres.url('iod'), secrets)
}
