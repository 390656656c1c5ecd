import { Client } from 'pg'
import { connectionOptions } from '../shared/postgres/tls.ts'

/** Runs work on a connection of its own, which ends with it: so do its locks, its settings and an open transaction. */
export async function withClient<Result>(
  databaseUrl: string,
  run: (client: Client) => Promise<Result>,
  authority?: string | undefined,
): Promise<Result> {
  const client = new Client({ ...connectionOptions(databaseUrl, authority), connectionTimeoutMillis: 5_000 })
  // The query that runs reports the loss of the connection.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}
