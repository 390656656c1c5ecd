import { Client } from 'pg'
import { readSecret } from '../cluster/secret-data.ts'
import { forwardPort } from '../cluster/tunnels.ts'

export interface Connection extends AsyncDisposable {
  readonly client: Client
}

/** Connects as the owner to the primary behind a Service of the namespace. */
export async function connectTo(service: string, namespace: string): Promise<Connection> {
  const { password } = await readSecret('postgres', namespace)
  const tunnel = await forwardPort(`service/${service}`, namespace, 5432)
  const client = new Client({
    host: '127.0.0.1',
    port: tunnel.port,
    user: 'postgres',
    password,
    database: 'iod',
  })
  // The query that runs reports the loss of the connection.
  client.on('error', () => undefined)
  await client.connect()
  const close = async () => {
    await client.end()
    tunnel.close()
  }
  return { client, [Symbol.asyncDispose]: close }
}
