// Prints what is to be added for the system's resolver, for `make up`: node scripts/cluster/local-name.ts api.localhost
import { lookup } from 'node:dns/promises'

/** RFC 6761 lets programs resolve names below localhost themselves; curl and browsers do, most resolvers do not. */
export const isLocalName = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost')

/** The system's resolver, as most programs ask it. */
export const resolveName = (host: string): Promise<string | undefined> =>
  lookup(host).then(
    ({ address }) => address,
    () => undefined,
  )

export const localNameRemedy = (host: string): string => `echo '127.0.0.1 ${host}' | sudo tee -a /etc/hosts`

const [, , host] = process.argv
if (import.meta.main && host !== undefined && (await resolveName(host)) === undefined)
  console.log(`  curl and browsers find ${host}; other programs need a line:\n\n  ${localNameRemedy(host)}\n`)
