import type { FunctionName } from '../../../functions/registry.ts'
import { clientAt } from '../../cluster/endpoint-client.ts'
import { type Endpoint, type ProbeOptions, probe } from '../../cluster/http-probe.ts'
import { apply, get, kubectl, nameOf } from '../../cluster/kubectl.ts'
import { localGateway } from '../../cluster/local-gateway.ts'
import { at, isRecord, type Json, type JsonRecord } from '../../manifests/json.ts'
import { asksForFastStart } from '../../release/fast-start.ts'
import { UnavailableError } from '../benchmark.ts'
import { postBody } from '../fixture.ts'
import type { Entry } from '../interleave.ts'
import type { PerformanceOptions } from '../options.ts'

export const namespace = 'iod'
export const variantLabel = 'performance.iod/variant'

/** Ends the label of a copy in the default runtime, where the functions run in crun. */
export const inRunc = ' in runc'

/** The static Go server that the functions are compared with. */
export const baseline = 'helloworld-go'

/** A Knative Service that is measured through the gateway, on a host of its own. */
export interface Variant extends Entry {
  readonly service: string
  /** The function whose pod it copies. */
  readonly original: FunctionName
  /** Whether its pods run in the default runtime, although those of the functions run in crun. */
  readonly isPlain: boolean
  readonly host: string
  readonly path: string
  readonly options: ProbeOptions
}

export async function findGateway(): Promise<Endpoint> {
  try {
    await kubectl`get --raw /readyz`
    return localGateway().secure
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UnavailableError(`there is no cluster, \`make up\` creates one: ${reason}`)
  }
}

/** Rejects any status but 200. */
export async function request(gateway: Endpoint, path: string, options: ProbeOptions) {
  const response = await probe(gateway, path, options)
  if (response.status !== 200)
    throw new Error(
      `${options.headers?.['host'] ?? ''}${path}: ${response.status} ${response.text.slice(0, 200)}`,
    )
  return response.json
}

/** Registers an account with one post. */
export async function createAuthor(gateway: Endpoint) {
  const username = `wake-${Date.now().toString(36)}`
  const credentials = { email: `${username}@example.test`, password: 'a long walk by the sea' }
  const api = clientAt(gateway)
  await api.register({ body: { ...credentials, username } })
  const { slug } = (await api.createPost({ body: postBody(1) })).data
  return { username, credentials, slug }
}

/**
 * Deploys copies of the functions, each with one read or sign-in, and the Go server with the pod settings of profile.
 * They are reached as the functions are, through the gateway and a route of one Ingress.
 */
export async function deployVariants(
  gateway: Endpoint,
  { HELLOWORLD_IMAGE: helloWorldImage }: PerformanceOptions,
  annotations: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly variants: readonly Variant[] }> {
  const { username, credentials, slug } = await createAuthor(gateway)

  const [host = '', port = '443'] = gateway.authority.split(':')
  const variant =
    (name: string, original: FunctionName, path: string, options: ProbeOptions = {}) =>
    (isPlain: boolean): Variant => {
      const service = isPlain ? `wake-${name}-plain` : `wake-${name}`
      const variantHost = host.replace(/^api\b/, service)
      return {
        ...{ label: isPlain ? `${name}${inRunc}` : name, service, original, isPlain },
        ...{ host: variantHost, path },
        options: { ...options, headers: { host: `${variantHost}:${port}` } },
      }
    }
  const created = [
    variant(baseline, 'profile', '/'),
    variant('posts', 'posts', `/posts/${slug}`),
    variant('profile', 'profile', `/profile/${username}`),
    variant('auth', 'auth', '/auth/login', { method: 'POST', body: credentials }),
  ]
  const deployed = await get`services.serving.knative.dev posts --namespace ${namespace}`
  const runtimes = deployed !== undefined && asksForFastStart(deployed) ? [false, true] : [false]
  const variants = created.flatMap(create => runtimes.map(create))
  const services = await Promise.all(
    variants.map(variant => serviceOf(variant, annotations, helloWorldImage)),
  )
  return { variants, ...(await deployCopies('wake', services, variants.map(ruleOf))) }
}

/** Applies copies and the Ingress that leads to them, and waits for both; disposing of them deletes them. */
export async function deployCopies(
  name: string,
  services: readonly Json[],
  rules: readonly Json[],
): Promise<AsyncDisposable> {
  await apply([...services, ingressOf(name, rules)])
  const ready = ['--namespace', namespace, '--for=condition=Ready', '--timeout=180s']
  const copies = services.map(service => `services.serving.knative.dev/${nameOf(service)}`)
  await kubectl`wait ${ready} ${copies} ingresses.networking.internal.knative.dev/${name}`
  const kinds = 'ingresses.networking.internal.knative.dev,services.serving.knative.dev'
  const selector = `${variantLabel}=${name}`
  return {
    async [Symbol.asyncDispose]() {
      await kubectl`delete ${kinds} --namespace ${namespace} --selector ${selector} --wait=false`
    },
  }
}

function serviceOf(
  { label, service, original, isPlain }: Variant,
  annotations: JsonRecord,
  helloWorldImage: string,
): Promise<Json> {
  return copyOf({ part: 'wake', service, original, annotations }, spec => {
    const { runtimeClassName: _, ...plainSpec } = spec
    const podSpec = isPlain ? plainSpec : spec
    return label.startsWith(baseline) ? asHelloWorld(podSpec, helloWorldImage) : podSpec
  })
}

interface Copy {
  /** The value of its label. */
  readonly part: string
  readonly service: string
  readonly original: FunctionName
  readonly annotations: JsonRecord
}

/** Returns a Service with the pods of a deployed function, changed. */
export async function copyOf(
  { part, service, original, annotations }: Copy,
  change: (podSpec: JsonRecord) => JsonRecord,
): Promise<Json> {
  const found = await get`services.serving.knative.dev ${original} --namespace ${namespace}`
  const spec = at(found, 'spec', 'template', 'spec')
  const given = at(found, 'spec', 'template', 'metadata', 'annotations')
  if (!isRecord(spec) || !isRecord(given)) throw new Error(`${original} is not deployed`)
  const labels = { [variantLabel]: part }
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name: service,
      namespace,
      labels: { ...labels, 'networking.knative.dev/visibility': 'cluster-local' },
    },
    spec: {
      template: {
        metadata: { labels, annotations: { ...given, ...annotations } },
        spec: change(spec),
      },
    },
  }
}

/** The static Go server of Knative's own examples, with the other settings of the pod. */
function asHelloWorld({ volumes: _, ...spec }: JsonRecord, image: string): JsonRecord {
  const original = at(spec, 'containers', 0)
  if (!isRecord(original)) throw new Error('a Service has no container')
  const { env: _env, envFrom: _envFrom, volumeMounts: _mounts, ...container } = original
  const readinessProbe = { httpGet: { path: '/', port: 0 }, successThreshold: 1 }
  return { ...spec, containers: [{ ...container, image, readinessProbe }] }
}

const ingressOf = (name: string, rules: readonly Json[]): Json => ({
  apiVersion: 'networking.internal.knative.dev/v1alpha1',
  kind: 'Ingress',
  metadata: {
    name,
    namespace,
    labels: { [variantLabel]: name },
    annotations: { 'networking.knative.dev/ingress.class': 'kourier.ingress.networking.knative.dev' },
  },
  spec: { httpOption: 'Enabled', rules: [...rules] },
})

const ruleOf = ({ host, service }: Variant) => ({
  hosts: [host],
  visibility: 'ExternalIP',
  http: { paths: [pathTo(service)] },
})

/** Leads to a Service's own route. */
export const pathTo = (service: string) => ({
  rewriteHost: `${service}.${namespace}.svc.cluster.local`,
  splits: [{ serviceName: service, serviceNamespace: namespace, servicePort: 80, percent: 100 }],
})
