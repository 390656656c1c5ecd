import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, vi } from 'vitest'
import { findFreePort } from '../../../scripts/services/free-port.ts'
import { accountId } from '../../../scripts/services/postgres-program.ts'
import { createTestFolder } from './test-folder.ts'

const settingsFile = join(import.meta.dirname, '../../../knative/components/pgbouncer/pgbouncer.ini')

/** A PgBouncer with the settings of a cluster in front of a Postgres; undefined where none is installed. */
export async function createPgBouncer({
  port: serverPort,
  passwords,
  databases = `[databases]\niod = host=127.0.0.1 port=${serverPort} dbname=iod\n`,
}: {
  readonly port: number
  readonly passwords: Readonly<Record<string, string>>
  /** The text of databases.ini. */
  readonly databases?: string
}): Promise<{ readonly port: number } | undefined> {
  const version = findVersion()
  if (version === undefined) return undefined
  const folder = createTestFolder()
  const port = await findFreePort()
  const users = Object.entries(passwords).map(([user, password]) => `"${user}" "${password}"`)
  writeFileSync(join(folder, 'userlist.txt'), users.join('\n'))
  writeFileSync(join(folder, 'databases.ini'), databases)
  writeFileSync(join(folder, 'tls.ini'), '')
  writeFileSync(join(folder, 'pgbouncer.ini'), settingsOf(version, folder, port))
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0
  if (isRoot)
    for (const name of ['', 'userlist.txt', 'databases.ini', 'tls.ini', 'pgbouncer.ini'])
      chownSync(join(folder, name), accountId, accountId)
  const child = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
    ...(isRoot && { uid: accountId, gid: accountId }),
  })
  const ended = once(child, 'exit')
  afterAll(async () => {
    child.kill('SIGTERM')
    await ended
  })
  await vi.waitFor(() => canConnect(port), { timeout: 10_000 })
  return { port }
}

function findVersion(): number | undefined {
  try {
    const [, minor] =
      /PgBouncer 1\.(\d+)/.exec(execFileSync('pgbouncer', ['--version'], { encoding: 'utf8' })) ?? []
    return Number(minor)
  } catch {
    return undefined
  }
}

/** Before 1.21 named statements need a session each. */
function settingsOf(minorVersion: number, folder: string, port: number): string {
  const settings = readFileSync(settingsFile, 'utf8')
    .replaceAll('/run/secrets/pgbouncer', folder)
    .replaceAll('/etc/pgbouncer', folder)
    .replace(/^listen_addr = .*/m, 'listen_addr = 127.0.0.1')
    .replace(/^listen_port = .*/m, `listen_port = ${port}`)
  if (minorVersion >= 21) return settings
  return settings
    .replace(/^max_prepared_statements.*\n/m, '')
    .replace(/^pool_mode = .*/m, 'pool_mode = session')
}

async function canConnect(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect').finally(() => socket.destroy())
}
