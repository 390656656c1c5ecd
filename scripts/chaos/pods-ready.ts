import { until } from '../cli/until.ts'
import { getItems, isTrue } from '../cluster/kubectl.ts'
import { at } from '../manifests/json.ts'

/** Ignores pods that are terminating: the autoscaler may remove some, and `kubectl wait` would time out on them. */
export const untilPodsReady = (namespace: string, selector: string) =>
  until(`pods with ${selector} are ready`, async () => {
    const pods = await getItems`pods --namespace ${namespace} --selector ${selector}`
    const staying = pods.filter(pod => at(pod, 'metadata', 'deletionTimestamp') === undefined)
    return staying.length > 0 && staying.every(pod => isTrue(pod, 'Ready'))
  })
