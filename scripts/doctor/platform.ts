import { getItems, nameOf } from '../cluster/kubectl.ts'
import { at, text } from '../manifests/json.ts'
import { clientAddressFaults } from '../manifests/rules.ts'
import { asksForFastStart, fastStartFault } from '../release/fast-start.ts'
import { conditionFault, type Finding, finding } from './finding.ts'

export async function checkNodes(): Promise<readonly Finding[]> {
  return (await getItems`nodes`).flatMap(node => {
    const what = `node ${nameOf(node)}`
    const version = text(node, 'status', 'nodeInfo', 'kubeletVersion') ?? ''
    const isOld = Number(/^v1\.(\d+)/.exec(version)?.[1]) < 36
    return [
      finding(what, conditionFault(node, 'Ready'), `kubectl describe node/${nameOf(node)}`),
      finding(
        `${what}: Kubernetes ${version}`,
        isOld &&
          'before 1.36 the kubelet reports a started pod up to a second late, and every wake waits for it',
        'create the cluster with the version of kind/versions.env, or accept slower wakes',
      ),
    ]
  })
}

async function checkDeployments(namespace: string, expected: readonly string[]): Promise<readonly Finding[]> {
  const deployments = await getItems`deployments --namespace ${namespace}`
  return expected.map(name => {
    const found = deployments.find(one => nameOf(one) === name)
    const install = 'make up, or install Knative Serving and Kourier (docs/operations.md)'
    const describe = `kubectl -n ${namespace} describe deployment/${name}`
    const remedy = found === undefined ? install : describe
    return finding(`${namespace}/${name}`, conditionFault(found, 'Available'), remedy)
  })
}

interface Setting {
  readonly value: string
  readonly why: string
}

/** By ConfigMap and key. */
const settings: Readonly<Record<string, Setting>> = {
  'config-network ingress-class': {
    value: 'kourier.ingress.networking.knative.dev',
    why: 'Services created under another class stay unconfigured',
  },
  'config-network mesh-compatibility-mode': {
    value: 'disabled',
    why: 'a wake can wait seconds for the ClusterIP',
  },
  'config-kourier use-remote-address': {
    value: 'true',
    why: 'all clients have one address, and share one limit',
  },
  'config-observability request-metrics-protocol': {
    value: 'prometheus',
    why: 'canary and monitor-resources read the counters of queue-proxy',
  },
}

async function checkSettings(): Promise<readonly Finding[]> {
  const maps = await getItems`configmaps --namespace knative-serving`
  return Object.entries(settings).map(([what, { value, why }]) => {
    const [map, key = ''] = what.split(' ')
    const found = maps.find(one => nameOf(one) === map)
    const present = text(found, 'data', key)
    const patch = `kubectl -n knative-serving patch configmap ${map} --type merge -p '{"data":{"${key}":"${value}"}}'`
    return finding(what, present !== value && `is ${present ?? 'not set'}, not ${value}: ${why}`, patch)
  })
}

/** Checks Kourier's Services that clients reach: its own, and the node port of phase 1. */
async function checkClientAddresses(): Promise<readonly Finding[]> {
  return (await getItems`services --namespace kourier-system`)
    .filter(service => ['NodePort', 'LoadBalancer'].includes(text(service, 'spec', 'type') ?? ''))
    .map(service => {
      const name = nameOf(service)
      // The API server omits the kind of each item of a list.
      const spec = at(service, 'spec') ?? null
      const [fault] = clientAddressFaults({ apiVersion: 'v1', kind: 'Service', spec })
      const remedy = `kubectl -n kourier-system patch service ${name} --type merge -p '{"spec":{"externalTrafficPolicy":"Local"}}'`
      const what = `kourier-system/${name} keeps the client's address`
      return finding(what, fault && `it ${fault}: all clients share one limit`, remedy)
    })
}

/**
 * Tells whether the nodes have the container runtime of components/fast-start. To lack it is a choice of their owner, and
 * a fault only where functions ask for it.
 */
export async function checkFastStart(): Promise<readonly Finding[]> {
  const missing = await fastStartFault()
  const services = await getItems`services.serving.knative.dev --all-namespaces`
  if (services.some(asksForFastStart))
    return [
      finding(
        'fast start: functions run in crun',
        missing && `${missing}: no new pod starts`,
        'prepare the nodes (docs/wake-up.md, Fast start), or roll out again with FAST_START=no',
      ),
    ]
  const state = missing ?? 'possible here, and not used: FAST_START=yes with make deploy'
  return [finding(`fast start: the functions run in the default runtime; ${state}`, undefined)]
}

const knative = ['activator', 'autoscaler', 'controller', 'webhook', 'net-kourier-controller']

export const checkKnative = async (): Promise<readonly Finding[]> => [
  ...(await checkDeployments('knative-serving', knative)),
  ...(await checkDeployments('kourier-system', ['3scale-kourier-gateway'])),
  ...(await checkSettings()),
  ...(await checkClientAddresses()),
]
