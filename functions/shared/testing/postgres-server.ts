import { chmodSync, mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { findFreePort } from '../../../scripts/services/free-port.ts'
import { type Postgres, startPostgres } from '../../../scripts/services/postgres.ts'
import { signalTree } from './signal-tree.ts'

export interface PostgresServer {
  /** Owner's connection URL; the same after a restart. */
  url(database: string): string
  readonly port: number
  readonly folder: string
  /** Adds settings, `name=value`, and starts the server that was stopped. */
  start(settings?: readonly string[]): Promise<void>
  stop(): Promise<void>
  /** KILL ends it as a crash does; STOP freezes it with all its processes, CONT thaws it. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
}

/** A Postgres of one test file, which may break it. Call it at the top of the file. */
export async function createPostgresServer(
  settings: readonly string[] = [],
  onOutput?: (text: string) => void,
): Promise<PostgresServer> {
  const parent = mkdtempSync(join(tmpdir(), 'iod-postgres-'))
  // As root, Postgres runs as another user and must traverse the folder.
  chmodSync(parent, 0o711)
  const folder = join(parent, 'data')
  const port = await findFreePort()
  const launch = (more: readonly string[] = []) =>
    startPostgres({
      folder,
      port,
      password: 'of-this-test',
      settings: ['shared_buffers=16MB', 'max_wal_size=64MB', ...settings, ...more],
      onOutput,
    })
  let server: Postgres = await launch()
  afterAll(async () => {
    signal('SIGCONT')
    await server.stop()
    await rm(parent, { recursive: true, force: true, maxRetries: 5 })
  })

  function signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    const pid = Number.parseInt(readFileSync(join(folder, 'postmaster.pid'), 'utf8'), 10)
    signalTree(pid, name)
  }

  return {
    url: database => server.url(database),
    port,
    folder,
    start: async more => {
      server = await launch(more)
    },
    stop: () => server.stop(),
    signal,
  }
}
