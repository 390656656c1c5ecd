import { setTimeout as sleep } from 'node:timers/promises'
import { getItems, isTrue } from '../cluster/kubectl.ts'
import { at } from '../manifests/json.ts'

const pollMs = 250

/** Resolves when the condition holds; what rejects does not hold yet. */
export async function until(what: string, condition: () => Promise<boolean>, seconds = 60): Promise<void> {
  const endMs = performance.now() + seconds * 1_000
  while (!(await condition().catch(() => false))) {
    if (performance.now() > endMs) throw new Error(`${what}: not after ${seconds} s`)
    await sleep(pollMs)
  }
}

/** Ignores pods that are terminating: the autoscaler may remove some, and `kubectl wait` would time out on them. */
export const untilPodsReady = (namespace: string, selector: string) =>
  until(`pods with ${selector} are ready`, async () => {
    const pods = await getItems`pods --namespace ${namespace} --selector ${selector}`
    const staying = pods.filter(pod => at(pod, 'metadata', 'deletionTimestamp') === undefined)
    return staying.length > 0 && staying.every(pod => isTrue(pod, 'Ready'))
  })
