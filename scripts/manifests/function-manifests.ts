import { stringify } from 'yaml'
import { pathsOf, type RoutedPath } from '../../functions/definition.ts'
import { functionNames, functions } from '../../functions/registry.ts'
import { reserve } from './budget.ts'
import { secretVariables } from './secret-variables.ts'
import { togetherComponent } from './together.ts'

/** `DATABASE_POOL_SIZE` of the base, and `max_connections` of the component postgres. */
const [poolSize, maxConnections] = [5, 100]
/** More instances than this would need more CPU than one node has. */
const mostInstances = 5

const written = (text: string) =>
  `# Written by \`make render\` from functions/registry.ts; do not edit.\n${text}`
const toYaml = (value: object) => stringify(value, { lineWidth: 0 })

/** The manifests that repeat something for each function, by their path in `knative/`. */
export const functionManifests = (): ReadonlyMap<string, string> =>
  new Map([
    ['functions/kustomization.yaml', written(toYaml(kustomization()))],
    ['components/disruption-budgets/functions.yaml', written(disruptionBudgets())],
    ['components/neighbours/functions/kustomization.yaml', written(toYaml(neighbours()))],
    ['components/together/kustomization.yaml', written(togetherComponent())],
  ])

/** Kustomize has no wildcard, so the files are listed; a patch per function sets what follows from its function.ts. */
function kustomization() {
  const anyFunction = { group: 'serving.knative.dev', kind: 'Service' }
  const host = { group: 'networking.internal.knative.dev', kind: 'Ingress', name: 'api' }
  return {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    resources: functionNames.map(name => `${name}.yaml`),
    patches: [
      { path: 'every-function.yaml', target: anyFunction },
      { target: anyFunction, patch: toYaml([maxScale()]) },
      ...functions.map(definition => ({
        target: { ...anyFunction, name: definition.name },
        patch: toYaml([
          { op: 'add', path: '/spec/template/spec/containers/0/env', value: secretVariables(definition) },
        ]),
      })),
      { target: host, patch: toYaml(pathsOf(functions).flatMap(ingressPaths)) },
    ],
  }
}

/** As many instances as Postgres has connections for when every function runs at its maximum. */
const maxScale = () => ({
  op: 'add',
  path: '/spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale',
  value: String(
    Math.min(mostInstances, Math.floor((maxConnections - reserve) / (functions.length * poolSize))),
  ),
})

/**
 * Envoy obeys these headers where a route adds them, and removes them. While the kubelet starts a killed process again,
 * queue-proxy answers 502; a read is then sent again, every 0.1 s on average. A 503 is a function's own refusal.
 */
const retriedReads = {
  'x-envoy-retry-on': 'retriable-status-codes,connect-failure,refused-stream,reset',
  'x-envoy-retriable-status-codes': '502',
  'x-envoy-max-retries': '30',
}

/** A path once for reads and once for everything else, which nobody but the client may send again. */
function ingressPaths({ name, path }: RoutedPath) {
  const value = {
    path,
    rewriteHost: `${name}.iod.svc.cluster.local`,
    splits: [{ serviceName: name, serviceNamespace: 'iod', servicePort: 80, percent: 100 }],
  }
  const reads = ['GET', 'HEAD'].map(method => ({
    ...value,
    headers: { ':method': { exact: method } },
    appendHeaders: retriedReads,
  }))
  return [...reads, value].map(one => ({ op: 'add', path: '/spec/rules/0/http/paths/-', value: one }))
}

const disruptionBudgets = () =>
  functionNames
    .map(name =>
      stringify({
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name, labels: { 'app.kubernetes.io/component': 'settings' } },
        spec: { maxUnavailable: 1, selector: { matchLabels: { 'serving.knative.dev/service': name } } },
      }),
    )
    .join('---\n')

/** The cluster-local origins of Services, as NEIGHBOUR_URLS has them. */
export const neighbourUrls = (services: readonly string[], namespace: string) =>
  `http://{${services.join(',')}}.${namespace}.svc.cluster.local`

/** Each function gets the address of all others; the namespace is one word of it, which Kustomize replaces. */
const neighbours = () => ({
  apiVersion: 'kustomize.config.k8s.io/v1alpha1',
  kind: 'Component',
  patches: functionNames.map(name => ({
    target: { group: 'serving.knative.dev', kind: 'Service', name },
    patch: toYaml([
      {
        op: 'add',
        path: '/spec/template/spec/containers/0/env/-',
        value: {
          name: 'NEIGHBOUR_URLS',
          value: neighbourUrls(
            functionNames.filter(other => other !== name),
            'iod',
          ),
        },
      },
    ]),
  })),
})
