// What Knative, Kourier and Kubernetes run, and what happens when it ends.

import { until } from '../../cli/until.ts'
import { get, getItems, kubectl, nameOf } from '../../cluster/kubectl.ts'
import { at } from '../../manifests/json.ts'
import { type Cluster, type Fault, outsideDefaultRun, retried, unseen } from '../fault.ts'
import { signal } from '../node.ts'
import { untilPodsReady } from '../pods-ready.ts'

const restartsOf = async (selector: string, container: string, namespace: string) => {
  const path = `jsonpath={range .items[*].status.containerStatuses[?(@.name=="${container}")]}{.restartCount} {end}`
  const counts = await kubectl`get pods --namespace ${namespace} --selector ${selector} --output ${path}`
  return counts.split(' ').reduce((sum, count) => sum + Number(count), 0)
}

/** Kills one container's process of posts, and waits until the kubelet has started it again. */
const killInPosts =
  (container: string) =>
  async ({ namespace }: Cluster) => {
    const selector = 'serving.knative.dev/service=posts'
    const before = await restartsOf(selector, container, namespace)
    await signal('KILL', { namespace, container, pod: 'posts-' })
    await until(
      `${container} restarts`,
      async () => (await restartsOf(selector, container, namespace)) > before,
    )
    await untilPodsReady(namespace, selector)
  }

/**
 * Deletes the pods of a Deployment, and waits for new ones and for the end of the old ones: an activator serves for up to a
 * minute more, and an autoscaler that starts during that minute sees half of the requests.
 */
const replacePods = (namespace: string, deployment: string, selector: string) => async () => {
  await kubectl`delete pods --namespace ${namespace} --selector ${selector}`
  await until(`${deployment} has new pods`, async () => {
    const found = await get`deployment ${deployment} --namespace ${namespace}`
    return at(found, 'status', 'unavailableReplicas') === undefined
  })
  await kubectl`rollout status deployment/${deployment} --namespace ${namespace} --timeout=90s`
}

async function restartApiServer(): Promise<void> {
  await signal('KILL', { namespace: 'kube-system', container: 'kube-apiserver' })
  await until('the API server responds', async () => (await kubectl`get --raw /readyz`) === 'ok', 90)
}

/**
 * Drains the node that Postgres is not on: its volume cannot move. The functions' pods are brought there first, so that they
 * are what has to go.
 */
async function drainNode({ namespace, hold }: Cluster): Promise<void> {
  const nodes = (await getItems`nodes`).map(nameOf)
  const home = at(await get`pod postgres-0 --namespace ${namespace}`, 'spec', 'nodeName')
  const drained = nodes.find(node => node !== home)
  if (typeof home !== 'string' || drained === undefined)
    throw new Error('not run: a drain needs a second node, which WORKERS=1 make up creates')
  try {
    await kubectl`cordon ${home}`
    await kubectl`delete pods --namespace ${namespace} --selector serving.knative.dev/service`
    await untilPodsReady(namespace, 'serving.knative.dev/service=posts')
    await kubectl`uncordon ${home}`
    await hold(5)
    await kubectl`drain ${drained} --ignore-daemonsets --delete-emptydir-data --timeout=120s`
    await hold(5)
  } finally {
    await kubectl`uncordon ${nodes}`
  }
}

const replaced = (fault: typeof unseen, name: string, ...of: Parameters<typeof replacePods>) =>
  fault(name, `pods of ${of[1]} deleted`, replacePods(...of))

export const platformFaults: readonly Fault[] = [
  retried('process', 'posts: Node killed with KILL', killInPosts('user-container')),
  retried('queue-proxy', 'posts: queue-proxy killed with KILL', killInPosts('queue-proxy')),
  replaced(retried, 'activator', 'knative-serving', 'activator', 'app=activator'),
  replaced(unseen, 'autoscaler', 'knative-serving', 'autoscaler', 'app=autoscaler'),
  replaced(retried, 'gateway', 'kourier-system', '3scale-kourier-gateway', 'app=3scale-kourier-gateway'),
  replaced(unseen, 'controller', 'knative-serving', 'net-kourier-controller', 'app=net-kourier-controller'),
  replaced(unseen, 'dns', 'kube-system', 'coredns', 'k8s-app=kube-dns'),
  unseen('api-server', 'API server killed with KILL', restartApiServer),
  outsideDefaultRun(unseen('node', 'node drained', drainNode)),
]
