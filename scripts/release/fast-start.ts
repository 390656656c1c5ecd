// Whether the functions of a rollout run in crun: knative/components/fast-start.

import { UsageError } from '../cli/options.ts'
import { get, getItems, nameOf } from '../cluster/kubectl.ts'
import { at, type Json, list, text } from '../manifests/json.ts'
import type { Target } from './target.ts'

const handler = 'crun'
const flag = 'kubernetes.podspec-runtimeclassname'

/** Whether an overlay, or a Service in the cluster, asks for the handler. */
export const asksForFastStart = (object: Json) =>
  text(object, 'spec', 'template', 'spec', 'runtimeClassName') === handler

/** Returns the nodes that accept pods of functions and whose kubelet does not report the handler. */
async function nodesWithoutHandler(): Promise<readonly string[]> {
  return (await getItems`nodes`)
    .filter(node => at(node, 'spec', 'unschedulable') !== true)
    .filter(node => !list(node, 'spec', 'taints').some(taint => text(taint, 'effect') === 'NoSchedule'))
    .filter(node => !list(node, 'status', 'runtimeHandlers').some(one => text(one, 'name') === handler))
    .map(nameOf)
}

/** Why pods of functions could not start in crun; undefined when they can. */
export async function fastStartFault(): Promise<string | undefined> {
  const nodes = await nodesWithoutHandler()
  if (nodes.length > 0) return `the container runtime of ${nodes.join(', ')} has no handler ${handler}`
  const features = await get`configmap config-features --namespace knative-serving`
  return text(features, 'data', flag) === 'enabled' ? undefined : `config-features does not enable ${flag}`
}

/**
 * Only where it is wanted (FAST_START): the nodes belong to somebody who decides which runtimes they offer. Rejects it where
 * no pod would start.
 */
export async function choosesFastStart({ objects }: Target, isWanted: boolean): Promise<boolean> {
  // The overlay may have the component itself.
  if (!isWanted || objects.some(asksForFastStart)) return false
  const fault = await fastStartFault()
  if (fault === undefined) return true
  throw new UsageError(`fast start is not possible here: ${fault} (docs/wake-up.md, Fast start).`)
}
