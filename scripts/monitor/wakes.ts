import { at, type Json, text } from '../manifests/json.ts'

const hourMs = 3_600_000

/** The time of the event's first or last occurrence. */
function timeOf(event: Json, member: 'firstTimestamp' | 'lastTimestamp'): number {
  return Date.parse(text(event, member) || text(event, 'eventTime') || '')
}

/**
 * Counts how often a revision's Deployment left zero in the last hour, and measures each of its pods from its creation
 * to the start of queue-proxy, its last container. The source is the namespace's events, which Kubernetes keeps for an
 * hour and writes to the second.
 */
export function wakesOf(revision: string, events: readonly Json[], nowMs: number) {
  let count = 0
  const created = new Map<string, number>()
  const started = new Map<string, number>()
  for (const event of events) {
    const object = text(event, 'involvedObject', 'name') ?? ''
    if (!object.startsWith(`${revision}-deployment`)) continue
    if (!(nowMs - timeOf(event, 'lastTimestamp') < hourMs)) continue
    const message = text(event, 'message') ?? ''
    // Kubernetes counts a repeated event instead of writing it again.
    if (/^Scaled up replica set \S+ from 0 to /.test(message))
      count += Math.max(1, Number(at(event, 'count') ?? 1))
    const pod = /^Created pod: (\S+)$/.exec(message)?.[1]
    if (pod !== undefined) created.set(pod, timeOf(event, 'firstTimestamp'))
    const container = text(event, 'involvedObject', 'fieldPath')
    if (container === 'spec.containers{queue-proxy}' && text(event, 'reason') === 'Started')
      started.set(object, timeOf(event, 'firstTimestamp'))
  }
  const seconds = [...created]
    .map(([pod, createdMs]) => ((started.get(pod) ?? Number.NaN) - createdMs) / 1_000)
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  return { count, medianSeconds: seconds[Math.floor((seconds.length - 1) / 2)], maxSeconds: seconds.at(-1) }
}
