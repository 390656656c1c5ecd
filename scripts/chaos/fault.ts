import { numberBetween, type Options } from '../cli/options.ts'
import type { Api } from '../cluster/tunnels.ts'
import type { Load } from './load.ts'

/** Options of the fault `soak`. */
export const soakOptions = { WAKES: numberBetween(0, 1_000, 30), MINUTES: numberBetween(1, 600, 2) }

/** What a fault may work with. */
export interface Cluster {
  readonly api: Api
  readonly namespace: string
  readonly load: Load
  readonly soak: Options<typeof soakOptions>
  /** Lets the load go on for this long. */
  hold(seconds: number): Promise<void>
}

/**
 * What a client may see:
 * - `nothing`: every request succeeds;
 * - `unavailable`: some get a problem document with 503 and Retry-After, within `waitMs`;
 * - `retry`: some get the platform's own 502, 503 or a lost connection; each call that may be sent again succeeds in the end.
 */
export type Tolerance = 'nothing' | 'unavailable' | 'retry'

export interface Fault {
  readonly name: string
  readonly what: string
  readonly tolerance: Tolerance
  /** The longest time without any success, in milliseconds. */
  readonly gapMs: number
  /** Outside the default run, which is bounded: only FAULT=name runs it. */
  readonly isLong?: boolean
  /** Causes the fault, and resolves when the cluster is whole again. Puts back what it changed, also when it fails. */
  run(cluster: Cluster): Promise<void>
}

const faultOf =
  (tolerance: Tolerance) =>
  (name: string, what: string, run: Fault['run'], gapMs = 10_000): Fault => ({
    name,
    what,
    tolerance,
    gapMs,
    run,
  })

/** Clients notice nothing. */
export const unseen = faultOf('nothing')
/** Clients succeed by sending what may be sent again. */
export const retried = faultOf('retry')
/** Clients get a 503 that tells when to send again. */
export const unavailable = faultOf('unavailable')

export const outsideDefaultRun = (fault: Fault): Fault => ({ ...fault, isLong: true })

/**
 * The longest that a request may wait for its 503: the function decides within 2 s, and on a machine whose cores are all
 * taken each step of the way there waits for its turn.
 */
export const longestWaitMs = 15_000
