import { Client } from 'pg'

/** Runs work on a connection of its own, which ends with it: so do its locks, its settings and an open transaction. */
export async function withClient<Result>(
  databaseUrl: string,
  run: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  // The query that runs reports the loss of the connection.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}
