import type { ClientConfig } from 'pg'

/**
 * Returns the options of a connection. With the certificates of an authority, only over TLS, to a server whose certificate one
 * of them signed for the name in the URL, as with `sslmode=verify-full`. Without them the URL decides alone.
 */
export function connectionOptions(
  url: string,
  authority: string | undefined,
): Pick<ClientConfig, 'connectionString' | 'ssl'> {
  if (authority === undefined) return { connectionString: url }
  const parsed = new URL(url)
  // The TLS parameters of the URL would replace the whole of `ssl`.
  for (const name of [...parsed.searchParams.keys()])
    if (name.startsWith('ssl')) parsed.searchParams.delete(name)
  return {
    connectionString: parsed.href,
    // pg names the host only where it is no address, and Node would then check for "localhost".
    ssl: { ca: authority, host: parsed.hostname, rejectUnauthorized: true },
  }
}
