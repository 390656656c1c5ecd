import { type FunctionName, functions } from '../../../functions/registry.ts'
import type { Endpoint } from '../../cluster/http-probe.ts'
import { neighbourUrls } from '../../manifests/function-manifests.ts'
import { at, isRecord, type JsonRecord, list, text } from '../../manifests/json.ts'
import type { Entry } from '../interleave.ts'
import { copyOf, deployCopies, namespace, pathTo } from '../wake/variants.ts'

/** Copies of all functions behind a host of their own. */
export interface Site extends Entry {
  readonly host: string
  /** Sent as the Host header. */
  readonly authority: string
  readonly wakesNeighbours: boolean
  readonly serviceOf: (name: FunctionName) => string
}

const annotations = { 'autoscaling.knative.dev/window': '6s' }

/** Deploys the functions once as they are, and once with the addresses of their neighbours. */
export async function deploySites(
  gateway: Endpoint,
): Promise<AsyncDisposable & { readonly sites: readonly Site[] }> {
  const [host = '', port = '443'] = gateway.authority.split(':')
  const site = (label: string, word: string, wakesNeighbours: boolean): Site => {
    const siteHost = host.replace(/^api\b/, `journey-${word}`)
    return {
      ...{ label, host: siteHost, authority: `${siteHost}:${port}`, wakesNeighbours },
      serviceOf: name => `journey-${word}-${name}`,
    }
  }
  const sites = [site('as it is', 'plain', false), site('neighbours', 'neighbours', true)]
  const services = await Promise.all(sites.flatMap(copiesOf))
  return { sites, ...(await deployCopies('journey', services, sites.map(ruleOf))) }
}

const copiesOf = (site: Site) =>
  functions.map(({ name }) => {
    const service = site.serviceOf(name)
    return copyOf({ part: 'journey', service, original: name, annotations }, spec =>
      withNeighbours(spec, site, name),
    )
  })

/** The pod with the addresses of the site's other functions, or without any where the deployed functions have some. */
function withNeighbours(spec: JsonRecord, { wakesNeighbours, serviceOf }: Site, name: FunctionName) {
  const container = at(spec, 'containers', 0)
  if (!isRecord(container)) throw new Error('a Service has no container')
  const others = functions.filter(other => other.name !== name).map(other => serviceOf(other.name))
  const value = neighbourUrls(others, namespace)
  const env = [
    ...list(container, 'env').filter(variable => text(variable, 'name') !== 'NEIGHBOUR_URLS'),
    ...(wakesNeighbours ? [{ name: 'NEIGHBOUR_URLS', value }] : []),
  ]
  return { ...spec, containers: [{ ...container, env }] }
}

const ruleOf = ({ host, serviceOf }: Site) => ({
  hosts: [host],
  visibility: 'ExternalIP',
  http: {
    paths: [
      // Kourier probes itself here before the Ingress becomes Ready.
      {
        ...{ path: '/healthz', headers: { 'K-Network-Probe': { exact: 'probe' } } },
        ...pathTo(serviceOf(functions[0].name)),
      },
      ...functions.flatMap(({ name, otherPaths }) =>
        [`/${name}`, ...otherPaths].map(path => ({ path, ...pathTo(serviceOf(name)) })),
      ),
    ],
  },
})
