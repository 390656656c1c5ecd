import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { UsageError } from '../cli/options.ts'
import { root } from './command.ts'
import type { Endpoint } from './http-probe.ts'

const portsFile = join(root, '.kube/ports.env')

export const localHost = 'api.localhost'

/**
 * The gateway of `make up`. GATEWAY_URL and CA_FILE name another one; Vitest uses the name BASE_URL itself. Rejects a
 * missing certificate authority.
 */
export function localGateway(): { readonly secure: Endpoint; readonly plain: Endpoint } {
  const ports = existsSync(portsFile) ? parseEnv(readFileSync(portsFile, 'utf8')) : {}
  const { HTTPS_PORT = '8443', HTTP_PORT = '8080' } = { ...ports, ...process.env }
  const { host, hostname, port } = new URL(process.env['GATEWAY_URL'] ?? `https://${localHost}:${HTTPS_PORT}`)
  const caFile = process.env['CA_FILE'] ?? join(root, '.kube/certificates/ca.crt')
  if (!existsSync(caFile))
    throw new UsageError(`there is no local cluster, as ${caFile} is missing: make up.`)
  const address = '127.0.0.1'
  const ca = readFileSync(caFile, 'utf8')
  return {
    secure: { address, port: Number(port || 443), authority: host, tls: true, ca },
    plain: { address, port: Number(HTTP_PORT), authority: `${hostname}:${HTTP_PORT}`, tls: false },
  }
}
