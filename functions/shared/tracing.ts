import { tracingChannel } from 'node:diagnostics_channel'

/** What a function waits for within a request. Redis commands are published by ioredis itself. */
export type SpanKind = 'postgres' | 'worker' | 'email'

export interface TracedWork {
  readonly kind: SpanKind
  /** Of a fixed set: the name of a statement, never a value. */
  readonly name: string
}

export interface TracedResponse {
  readonly method: string
  readonly route: string
  readonly status: number
}

/**
 * Channels of Node's, to which telemetry.ts subscribes when traces are wanted; otherwise each costs one comparison. They
 * are found by their names, since telemetry.ts is a bundle of its own.
 */
export const workChannel = tracingChannel<TracedWork>('iod:work')
export const responseChannel = tracingChannel<TracedResponse>('iod:response')

/** Runs `work` as a span of the current request. */
export const traced = <Result>(kind: SpanKind, name: string, work: () => Promise<Result>): Promise<Result> =>
  workChannel.hasSubscribers ? workChannel.tracePromise(work, { kind, name }) : work()

/** Tells the span of the current request how it was answered. */
export function reportResponse(response: TracedResponse): void {
  if (responseChannel.hasSubscribers) responseChannel.start.publish(response)
}
