import { tracingChannel } from 'node:diagnostics_channel'

/** Work that a function waits for within a request. */
export type WorkKind = 'postgres' | 'redis' | 'worker' | 'email'

export interface TracedWork {
  readonly kind: WorkKind
  /** Of a fixed set: the name of a statement or command, never a value. */
  readonly name: string
  /** Set by the subscriber of `start`: called when the work has ended, with the error of one that failed. */
  end?: (error?: unknown) => void
}

export interface TracedResponse {
  readonly method: string
  readonly route: string
  readonly status: number
}

/**
 * Channels of Node's, to which telemetry.ts subscribes when traces are wanted; otherwise each costs one comparison. They
 * are found by their names, since telemetry.ts is a bundle of its own. Only `start` is published: `tracePromise` would
 * publish four messages and add a promise, also for a request that is not sampled.
 */
export const workChannel = tracingChannel<TracedWork>('iod:work')
export const responseChannel = tracingChannel<TracedResponse>('iod:response')

/** A subscriber of a channel that wants only its first message. */
export const onStart = <Message>(start: (message: Message) => void) => ({
  start,
  end() {},
  asyncStart() {},
  asyncEnd() {},
  error() {},
})

/** Begins a span of the current request. Returns what ends it, or undefined where no trace is wanted. */
export function beginSpan(kind: WorkKind, name: string): TracedWork['end'] {
  if (!workChannel.hasSubscribers) return undefined
  const message: TracedWork = { kind, name }
  workChannel.start.publish(message)
  return message.end
}

/** Runs `work` as a span of the current request. */
export function traced<Result>(kind: WorkKind, name: string, work: () => Promise<Result>): Promise<Result> {
  const end = beginSpan(kind, name)
  return end === undefined ? work() : reportEnd(work, end)
}

async function reportEnd<Result>(work: () => Promise<Result>, end: (error?: unknown) => void) {
  try {
    const result = await work()
    end()
    return result
  } catch (error) {
    end(error)
    throw error
  }
}

/** Adds the response to the span of the current request. */
export function reportResponse(response: TracedResponse): void {
  if (responseChannel.hasSubscribers) responseChannel.start.publish(response)
}
