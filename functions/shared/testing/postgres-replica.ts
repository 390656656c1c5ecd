import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { chmod, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll } from 'vitest'
import { findFreePort } from '../../../scripts/services/free-port.ts'
import { startPostgres } from '../../../scripts/services/postgres.ts'
import { accountId } from '../../../scripts/services/postgres-program.ts'
import type { PostgresServer } from './postgres-server.ts'

/** A streaming replica, made from a copy of the primary's files in backup mode. Call it at the top of a test file. */
export async function createReplica(
  primary: PostgresServer,
  settings: readonly string[] = [],
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const parent = mkdtempSync(join(tmpdir(), 'iod-replica-'))
  await chmod(parent, 0o711)
  const folder = join(parent, 'data')
  await copyData(primary, folder)
  const port = await findFreePort()
  const { hostname, port: primaryPort, username, password } = new URL(primary.url('postgres'))
  const server = await startPostgres({
    folder,
    port,
    password,
    settings: [
      `primary_conninfo=host=${hostname} port=${primaryPort} user=${username} password=${password}`,
      'shared_buffers=16MB',
      ...settings,
    ],
  })
  afterAll(async () => {
    await server.stop()
    await rm(parent, { recursive: true, force: true, maxRetries: 5 })
  })
  return { port, stop: server.stop }
}

async function copyData(primary: PostgresServer, folder: string): Promise<void> {
  // A backup ends with the session that began it.
  const client = new Client({ connectionString: primary.url('postgres') })
  await client.connect()
  try {
    await client.query(`select pg_backup_start('replica', true)`)
    cpSync(primary.folder, folder, { recursive: true, verbatimSymlinks: true })
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)')
    writeFileSync(join(folder, 'backup_label'), rows[0]?.labelfile ?? '')
  } finally {
    await client.end()
  }
  for (const name of ['postmaster.pid', 'postmaster.opts', 'pg_wal'])
    rmSync(join(folder, name), { recursive: true })
  mkdirSync(join(folder, 'pg_wal', 'archive_status'), { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'standby.signal'), '')
  await chmod(folder, 0o700)
  if (process.getuid?.() !== 0) return
  chownSync(folder, accountId, accountId)
  for (const name of await readdir(folder, { recursive: true }))
    chownSync(join(folder, name), accountId, accountId)
}
