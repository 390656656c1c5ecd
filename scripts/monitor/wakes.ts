import { at, type Json, text } from '../manifests/json.ts'
import type { Wakes } from './snapshot.ts'

const hourMs = 3_600_000

const timeOf = (event: Json, ...names: readonly string[]): number => {
  for (const name of names) {
    const written = text(event, name)
    if (written !== undefined && written !== '') return Date.parse(written)
  }
  return Number.NaN
}

const median = (sorted: readonly number[]): number | undefined => sorted[Math.floor((sorted.length - 1) / 2)]

/**
 * Counts how often a revision's Deployment left zero, and measures each of its pods from its creation to the start of
 * queue-proxy, its last container. The source is the namespace's events, which Kubernetes keeps for an hour.
 */
export function wakesOf(revision: string, events: readonly Json[], nowMs: number): Wakes {
  const mine = events.filter(event =>
    text(event, 'involvedObject', 'name')?.startsWith(`${revision}-deployment`),
  )
  let count = 0
  const created = new Map<string, number>()
  const started = new Map<string, number>()
  for (const event of mine) {
    const message = text(event, 'message') ?? ''
    const lastMs = timeOf(event, 'lastTimestamp', 'eventTime', 'firstTimestamp')
    if (!(nowMs - lastMs < hourMs)) continue
    if (/^Scaled up replica set \S+ from 0 to /.test(message)) count += repeats(event)
    const pod = /^Created pod: (\S+)$/.exec(message)?.[1]
    if (pod !== undefined) created.set(pod, timeOf(event, 'firstTimestamp', 'eventTime'))
    const isQueueProxy = text(event, 'involvedObject', 'fieldPath') === 'spec.containers{queue-proxy}'
    if (isQueueProxy && text(event, 'reason') === 'Started')
      started.set(text(event, 'involvedObject', 'name') ?? '', timeOf(event, 'firstTimestamp', 'eventTime'))
  }
  const seconds = [...created]
    .flatMap(([pod, createdMs]) => {
      const startedMs = started.get(pod)
      return startedMs === undefined ? [] : [(startedMs - createdMs) / 1_000]
    })
    .sort((a, b) => a - b)
  return { count, medianSeconds: median(seconds), maxSeconds: seconds.at(-1) }
}

/** Kubernetes counts a repeated event instead of writing it again. */
const repeats = (event: Json): number => Math.max(1, Number(at(event, 'count') ?? 1))
