import { pathsOf } from '../../../functions/definition.ts'
import { type FunctionName, functions } from '../../../functions/registry.ts'
import { processName, variablePrefix } from '../../../functions/shared/together.ts'
import type { Endpoint } from '../../cluster/http-probe.ts'
import { neighbourUrls } from '../../manifests/function-manifests.ts'
import { at, isRecord, type Json, type JsonRecord, list, text } from '../../manifests/json.ts'
import { secretVariables } from '../../manifests/secret-variables.ts'
import type { Entry } from '../interleave.ts'
import { copyOf, deployCopies, namespace, pathTo } from '../wake/variants.ts'

/** How copies of the functions are deployed, next to the way that they are. */
const forms = {
  plain: 'as it is',
  neighbours: 'neighbours',
  together: 'together',
} as const
type Form = keyof typeof forms

/** Copies of all functions behind a host of their own. */
export interface Site extends Entry {
  readonly form: Form
  readonly host: string
  /** Sent as the Host header. */
  readonly authority: string
  readonly serviceOf: (name: FunctionName) => string
}

const annotations = { 'autoscaling.knative.dev/window': '6s' }

/** Deploys the functions in each form: as they are, with the addresses of their neighbours, and in one process. */
export async function deploySites(
  gateway: Endpoint,
): Promise<AsyncDisposable & { readonly sites: readonly Site[] }> {
  const [host = '', port = '443'] = gateway.authority.split(':')
  const site = (form: Form): Site => {
    const siteHost = host.replace(/^api\b/, `journey-${form}`)
    const serviceOf = (name: string) => `journey-${form}-${form === 'together' ? 'all' : name}`
    return { form, label: forms[form], host: siteHost, authority: `${siteHost}:${port}`, serviceOf }
  }
  const sites = [site('plain'), site('neighbours'), site('together')]
  const services = await Promise.all(sites.flatMap(copiesOf))
  return { sites, ...(await deployCopies('journey', services, sites.map(ruleOf))) }
}

function copiesOf(site: Site): readonly Promise<Json>[] {
  const copy = (original: FunctionName, change: (container: JsonRecord) => JsonRecord) =>
    copyOf({ part: 'journey', service: site.serviceOf(original), original, annotations }, spec => {
      const container = at(spec, 'containers', 0)
      if (!isRecord(container)) throw new Error('a Service has no container')
      return { ...spec, containers: [change(container)] }
    })
  if (site.form === 'together') return [copy(functions[0].name, asTogether)]
  return functions.map(({ name }) => copy(name, container => withNeighbours(container, site, name)))
}

/** The container with the addresses of the site's other functions, or without any where the deployed ones have some. */
function withNeighbours(container: JsonRecord, { form, serviceOf }: Site, name: FunctionName): JsonRecord {
  const others = functions.filter(other => other.name !== name).map(other => serviceOf(other.name))
  const value = neighbourUrls(others, namespace)
  const env = [
    ...list(container, 'env').filter(variable => text(variable, 'name') !== 'NEIGHBOUR_URLS'),
    ...(form === 'neighbours' ? [{ name: 'NEIGHBOUR_URLS', value }] : []),
  ]
  return { ...container, env }
}

/** The container of the first function, with the image and the variables of all of them. */
function asTogether(container: JsonRecord): JsonRecord {
  const image = (text(container, 'image') ?? '').replace(`iod-${functions[0].name}`, `iod-${processName}`)
  const env = functions.flatMap(one => secretVariables(one, variablePrefix(one.name)))
  return { ...container, image, env }
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
      ...pathsOf(functions).map(({ name, path }) => ({ path, ...pathTo(serviceOf(name)) })),
    ],
  },
})
