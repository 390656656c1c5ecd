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
 * Reads them from the namespace's events, which Kubernetes keeps for an hour: how often a revision's Deployment went
 * from 0, and for each of its pods the time from being made to queue-proxy's start, the last of its containers.
 */
export function wakesOf(revision: string, events: readonly Json[], nowMs: number): Wakes {
  const mine = events.filter(event =>
    text(event, 'involvedObject', 'name')?.startsWith(`${revision}-deployment`),
  )
  let count = 0
  const made = new Map<string, number>()
  const started = new Map<string, number>()
  for (const event of mine) {
    const message = text(event, 'message') ?? ''
    const lastMs = timeOf(event, 'lastTimestamp', 'eventTime', 'firstTimestamp')
    if (!(nowMs - lastMs < hourMs)) continue
    if (/^Scaled up replica set \S+ from 0 to /.test(message)) count += repeats(event)
    const pod = /^Created pod: (\S+)$/.exec(message)?.[1]
    if (pod !== undefined) made.set(pod, timeOf(event, 'firstTimestamp', 'eventTime'))
    const isQueueProxy = text(event, 'involvedObject', 'fieldPath') === 'spec.containers{queue-proxy}'
    if (isQueueProxy && text(event, 'reason') === 'Started')
      started.set(text(event, 'involvedObject', 'name') ?? '', timeOf(event, 'firstTimestamp', 'eventTime'))
  }
  const seconds = [...made]
    .flatMap(([pod, madeMs]) => {
      const startedMs = started.get(pod)
      return startedMs === undefined ? [] : [(startedMs - madeMs) / 1_000]
    })
    .sort((a, b) => a - b)
  return { count, medianSeconds: median(seconds), maxSeconds: seconds.at(-1) }
}

/** The same event again is counted up, not written again. */
const repeats = (event: Json): number => Math.max(1, Number(at(event, 'count') ?? 1))
