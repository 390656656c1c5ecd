import { get } from '../cluster/command.ts'
import { at, type Json, list, text } from '../manifests/json.ts'
import { clientAddressFaults } from '../manifests/rules.ts'
import { type Finding, finding, right, wrong } from './finding.ts'

export const isTrue = (object: Json | undefined, type: string) =>
  list(object, 'status', 'conditions').some(
    condition => text(condition, 'type') === type && text(condition, 'status') === 'True',
  )

export const reasonOf = (object: Json | undefined, type: string) => {
  const condition = list(object, 'status', 'conditions').find(one => text(one, 'type') === type)
  return text(condition, 'message') ?? text(condition, 'reason') ?? 'no reason is given'
}

export async function checkNodes(): Promise<readonly Finding[]> {
  const nodes = list(await get('nodes'), 'items')
  return nodes.flatMap(node => {
    const name = `node ${text(node, 'metadata', 'name')}`
    const version = text(node, 'status', 'nodeInfo', 'kubeletVersion') ?? ''
    const minor = Number(/^v1\.(\d+)/.exec(version)?.[1])
    return [
      finding(
        name,
        isTrue(node, 'Ready'),
        reasonOf(node, 'Ready'),
        `kubectl describe ${name.replace(' ', '/')}`,
      ),
      finding(
        `${name}: Kubernetes ${version}`,
        minor >= 36,
        'earlier than 1.36 reports a started pod up to a second later, and every wake waits for it',
        'make the cluster with the version of kind/versions.env, or accept slower wakes',
      ),
    ]
  })
}

/** Every Deployment of Knative's two namespaces. */
async function checkDeployments(namespace: string, expected: readonly string[]): Promise<readonly Finding[]> {
  const deployments = list(await get('deployments', '--namespace', namespace), 'items')
  return expected.map(name => {
    const what = `${namespace}/${name}`
    const deployment = deployments.find(one => text(one, 'metadata', 'name') === name)
    if (deployment === undefined)
      return wrong(
        what,
        'is not installed',
        'make up, or install Knative Serving and Kourier (docs/operations.md)',
      )
    return finding(
      what,
      isTrue(deployment, 'Available'),
      reasonOf(deployment, 'Available'),
      `kubectl -n ${namespace} describe deployment/${name}`,
    )
  })
}

const settings = [
  {
    map: 'config-network',
    key: 'ingress-class',
    value: 'kourier.ingress.networking.knative.dev',
    why: 'Services made under another class stay unconfigured',
  },
  {
    map: 'config-network',
    key: 'mesh-compatibility-mode',
    value: 'disabled',
    why: 'a wake can wait seconds for the ClusterIP',
  },
  {
    map: 'config-kourier',
    key: 'use-remote-address',
    value: 'true',
    why: 'no function can tell two clients apart, and all of them share one limit',
  },
  {
    map: 'config-observability',
    key: 'request-metrics-protocol',
    value: 'prometheus',
    why: 'canary and monitor-resources read what queue-proxy counts',
  },
]

/** Kourier's Services that clients reach: its own, and the node port of phase 1. */
async function checkClientAddresses(): Promise<readonly Finding[]> {
  const services = list(await get('services', '--namespace', 'kourier-system'), 'items')
  return services
    .filter(service => ['NodePort', 'LoadBalancer'].includes(text(service, 'spec', 'type') ?? ''))
    .map(service => {
      const name = text(service, 'metadata', 'name') ?? ''
      // Of a list the API server leaves out the kind of each item.
      const [fault] = clientAddressFaults({
        apiVersion: 'v1',
        kind: 'Service',
        spec: at(service, 'spec') ?? null,
      })
      const what = `kourier-system/${name} keeps the client's address`
      const remedy = `kubectl -n kourier-system patch service ${name} --type merge -p '{"spec":{"externalTrafficPolicy":"Local"}}'`
      return fault === undefined
        ? right(what)
        : wrong(what, `it ${fault}: all clients share one limit`, remedy)
    })
}

export async function checkKnative(): Promise<readonly Finding[]> {
  const maps = list(await get('configmaps', '--namespace', 'knative-serving'), 'items')
  const configured = settings.map(({ map, key, value, why }) => {
    const found = text(
      maps.find(one => text(one, 'metadata', 'name') === map),
      'data',
      key,
    )
    const patch = `kubectl -n knative-serving patch configmap ${map} --type merge -p '{"data":{"${key}":"${value}"}}'`
    return found === value
      ? right(`${map} ${key}`)
      : wrong(`${map} ${key}`, `is ${found ?? 'not set'}, not ${value}: ${why}`, patch)
  })
  return [
    ...(await checkDeployments('knative-serving', [
      ...['activator', 'autoscaler', 'controller', 'webhook', 'net-kourier-controller'],
    ])),
    ...(await checkDeployments('kourier-system', ['3scale-kourier-gateway'])),
    ...configured,
    ...(await checkClientAddresses()),
  ]
}
