import { type FunctionDefinition, pathsOf } from '../../functions/definition.ts'

const extensions = 'type.googleapis.com/envoy.extensions'

type Routed = Pick<FunctionDefinition, 'name' | 'otherPaths'>

/** The proxy that replaces the cluster's Ingress: the prefixes of each function, to the container of its name. */
export const envoyConfig = (routed: readonly Routed[]) => ({
  static_resources: { listeners: [listener(routed)], clusters: routed.map(({ name }) => cluster(name)) },
})

const listener = (routed: readonly Routed[]) => ({
  name: 'http',
  address: socketAddress('0.0.0.0'),
  filter_chains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typed_config: {
            '@type': `${extensions}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
            stat_prefix: 'http',
            // Passes the client's address on in X-Forwarded-For and ignores what the client wrote there.
            use_remote_address: true,
            http_filters: [
              {
                name: 'envoy.filters.http.router',
                typed_config: { '@type': `${extensions}.filters.http.router.v3.Router` },
              },
            ],
            route_config: {
              virtual_hosts: [
                {
                  name: 'api',
                  domains: ['*'],
                  routes: pathsOf(routed).map(({ name, path }) => ({
                    match: { prefix: path },
                    route: { cluster: name },
                  })),
                },
              ],
            },
          },
        },
      ],
    },
  ],
})

const cluster = (name: string) => ({
  name,
  type: 'STRICT_DNS',
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': `${extensions}.upstreams.http.v3.HttpProtocolOptions`,
      // Shorter than the function's keep-alive of 95 s, so that the function never closes first.
      common_http_protocol_options: { idle_timeout: '60s' },
      explicit_http_config: { http_protocol_options: {} },
    },
  },
  load_assignment: {
    cluster_name: name,
    endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(name) } }] }],
  },
})

const socketAddress = (address: string) => ({ socket_address: { address, port_value: 8080 } })
