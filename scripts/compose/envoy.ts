import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FunctionDefinition, pathsOf } from '../../functions/definition.ts'

type Routed = Pick<FunctionDefinition, 'name' | 'otherPaths'>

/** The configuration of the proxy: envoy.yaml with the prefixes of each function, to the container of its name. */
export function envoyConfig(routed: readonly Routed[]): string {
  const routes = pathsOf(routed).map(({ name, path }) => ({
    match: { prefix: path },
    route: { cluster: name },
  }))
  const clusters = routed.map(({ name }) => cluster(name))
  // JSON is YAML.
  return readFileSync(join(import.meta.dirname, 'envoy.yaml'), 'utf8')
    .replace('routes: ROUTES', `routes: ${JSON.stringify(routes)}`)
    .replace('clusters: CLUSTERS', `clusters: ${JSON.stringify(clusters)}`)
}

const protocolOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'

const cluster = (name: string) => ({
  name,
  type: 'STRICT_DNS',
  typed_extension_protocol_options: {
    [protocolOptions]: {
      '@type': `type.googleapis.com/${protocolOptions}`,
      // Shorter than the function's keep-alive of 95 s, so that the function never closes first.
      common_http_protocol_options: { idle_timeout: '60s' },
      explicit_http_config: { http_protocol_options: {} },
    },
  },
  load_assignment: {
    cluster_name: name,
    endpoints: [
      { lb_endpoints: [{ endpoint: { address: { socket_address: { address: name, port_value: 8080 } } } }] },
    ],
  },
})
