import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createDatabase, type Postgres, startPostgres } from '../services/postgres.ts'
import type { Ports, Secrets } from './data-folder.ts'

/** The database of `make dev`, on the data of earlier runs; created where there is none. */
export async function startDevPostgres(folder: string, ports: Ports, secrets: Secrets): Promise<Postgres> {
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    port: ports.postgres,
    password: secrets('postgres'),
    onOutput: writeTo(join(folder, 'postgres.log')),
  })
  await createDatabase(postgres.url('postgres'), 'iod')
  return postgres
}

/** Returns a function that writes to the log of a server, which runs on without one where the disk is full. */
export function writeTo(file: string): (text: string) => void {
  const stream = createWriteStream(file, { mode: 0o600 })
  stream.on('error', error => void process.stderr.write(`${file} is not written: ${error.message}\n`))
  return text => void stream.write(text)
}
