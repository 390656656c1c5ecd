import * as v from 'valibot'
import { type Cluster, namespace } from './cluster.ts'

/** Label of everything that a measurement puts into the cluster. */
export const label = 'performance.iod/copy'

export interface Kind {
  /** In the report; its copies are called after it. */
  readonly name: string
  /** The Service whose pod settings the copies have. */
  readonly original: 'posts' | 'profile' | 'auth'
  readonly change?: (template: Template) => Template
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
}

export interface Copy {
  readonly kind: Kind
  /** Name of the Knative Service. */
  readonly name: string
  readonly host: string
}

const Container = v.looseObject({ image: v.string() })
const Template = v.object({
  metadata: v.optional(v.object({ annotations: v.optional(v.record(v.string(), v.string())) })),
  spec: v.looseObject({ containers: v.tuple([Container]) }),
})
export type Template = v.InferOutput<typeof Template>

/** The static Go server that Knative's own examples use, with the pod settings of the function. */
export function asHelloWorld(template: Template): Template {
  const [{ env: _, envFrom: __, volumeMounts: ___, ...container }] = template.spec.containers
  const { volumes: ____, ...spec } = template.spec
  const image = process.env['HELLOWORLD_IMAGE'] ?? 'ghcr.io/knative/helloworld-go:latest'
  const readinessProbe = { httpGet: { path: '/', port: 0 }, successThreshold: 1 }
  return { ...template, spec: { ...spec, containers: [{ ...container, image, readinessProbe }] } }
}

/**
 * A Service of each kind, on hosts of their own behind the gateway and the route through which the one host reaches
 * the functions. All have the functions' pod settings, also the Go server; only the window after which they go to zero
 * is shorter.
 */
export async function createCopies(
  cluster: Cluster,
  kinds: readonly Kind[],
  domain: string,
): Promise<readonly Copy[]> {
  const copies = kinds.map((kind): Copy => {
    const name = `wake-${kind.name
      .toLowerCase()
      .match(/[a-z0-9]+/g)
      ?.join('-')}`
    return { kind, name, host: `${name}.${domain}` }
  })
  const originals = new Map<string, Template>()
  for (const { original } of kinds) originals.set(original, await templateOf(cluster, original))
  await cluster.apply(copies.map(copy => serviceOf(copy, originals.get(copy.kind.original))))
  const services = copies.map(({ name }) => `services.serving.knative.dev/${name}`)
  await cluster.kubectl('wait', '-n', namespace, '--for=condition=Ready', '--timeout=180s', ...services)
  await cluster.apply([ingressOf(copies)])
  await cluster.kubectl(
    ...['wait', '-n', namespace, '--for=condition=Ready', '--timeout=60s'],
    'ingresses.networking.internal.knative.dev/wake',
  )
  return copies
}

export async function removeCopies(cluster: Cluster): Promise<void> {
  const kinds = 'ingresses.networking.internal.knative.dev,services.serving.knative.dev'
  await cluster.kubectl('delete', kinds, '-n', namespace, '-l', label, '--wait=false')
}

async function templateOf(cluster: Cluster, name: string): Promise<Template> {
  const text = await cluster.kubectl('get', 'ksvc', name, '-n', namespace, '-o', 'jsonpath={.spec.template}')
  return v.parse(Template, JSON.parse(text))
}

function serviceOf({ name, kind }: Copy, original: Template | undefined) {
  const template = original && (kind.change?.(original) ?? original)
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name,
      namespace,
      labels: { [label]: 'wake', 'networking.knative.dev/visibility': 'cluster-local' },
    },
    spec: {
      template: {
        metadata: {
          labels: { [label]: 'wake' },
          annotations: { ...template?.metadata?.annotations, 'autoscaling.knative.dev/window': '6s' },
        },
        spec: template?.spec,
      },
    },
  }
}

const ingressOf = (copies: readonly Copy[]) => ({
  apiVersion: 'networking.internal.knative.dev/v1alpha1',
  kind: 'Ingress',
  metadata: {
    name: 'wake',
    namespace,
    labels: { [label]: 'wake' },
    annotations: { 'networking.knative.dev/ingress.class': 'kourier.ingress.networking.knative.dev' },
  },
  spec: {
    httpOption: 'Enabled',
    rules: copies.map(({ name, host }) => ({
      hosts: [host],
      visibility: 'ExternalIP',
      http: {
        paths: [
          {
            rewriteHost: `${name}.${namespace}.svc.cluster.local`,
            splits: [{ serviceName: name, serviceNamespace: namespace, servicePort: 80, percent: 100 }],
          },
        ],
      },
    })),
  },
})
