import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createDatabase, type Postgres, startPostgres } from '../services/postgres.ts'
import type { Ports, Secrets } from './data-folder.ts'

/** The database of `make dev`, on the data of earlier runs; created where there is none. */
export async function startDevPostgres(folder: string, ports: Ports, secrets: Secrets): Promise<Postgres> {
  const output = createWriteStream(join(folder, 'postgres.log'), { mode: 0o600 })
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    port: ports.postgres,
    password: secrets('postgres'),
    settings: [],
    removeWhenStopped: [],
    onOutput: text => void output.write(text),
  })
  await createDatabase(postgres.url('postgres'), 'iod')
  return postgres
}
