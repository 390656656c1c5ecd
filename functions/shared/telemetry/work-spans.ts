import { tracingChannel } from 'node:diagnostics_channel'
import {
  type Attributes,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { onStart, type TracedWork, workChannel } from '../tracing.ts'

interface RedisCommand {
  readonly command: string
}

export interface WorkTracing {
  /** Begins to follow Redis commands; paired with `release`. */
  hold(): void
  release(): void
}

/** Spans for what a request waits for, by the semantic conventions of databases. Without a request there is none. */
export function traceWork(tracer: Tracer): WorkTracing {
  const startSpan = (name: string, kind: SpanKind, attributes: Attributes) =>
    trace.getSpan(context.active()) && tracer.startSpan(name, { kind, attributes })
  workChannel.subscribe(
    onStart(work => {
      const span = startSpan(nameOf(work), kindOf(work), attributesOf(work))
      if (span !== undefined) work.end = error => end(span, error)
    }),
  )
  return followRedis(command =>
    // Only the command: its keys hold ids.
    startSpan(command.toUpperCase(), SpanKind.CLIENT, {
      'db.system.name': 'redis',
      'db.operation.name': command.toUpperCase(),
    }),
  )
}

const nameOf = ({ kind, name }: TracedWork) => (kind === 'postgres' ? name : `${kind} ${name}`)
const kindOf = ({ kind }: TracedWork) => (kind === 'worker' ? SpanKind.INTERNAL : SpanKind.CLIENT)
const attributesOf = ({ kind, name }: TracedWork): Attributes =>
  kind === 'postgres' ? { 'db.system.name': 'postgresql', 'db.query.summary': name } : { 'iod.job': name }

/**
 * Subscribes while a traced request or one of its commands is under way, and else not at all: for a subscriber ioredis
 * describes every command with its arguments, which cost more than all else of a request that is not sampled.
 */
function followRedis(startSpan: (command: string) => Span | undefined): WorkTracing {
  const channel = tracingChannel<RedisCommand>('ioredis:command')
  const spans = new WeakMap<object, Span>()
  let held = 0
  const subscribers = {
    ...onStart((message: RedisCommand) => {
      const span = startSpan(message.command)
      if (span === undefined) return
      spans.set(message, span)
      hold()
    }),
    asyncEnd(message: RedisCommand & { readonly error?: unknown }) {
      const span = spans.get(message)
      if (span === undefined) return
      end(span, message.error)
      release()
    },
  }
  const hold = () => {
    held += 1
    if (held === 1) channel.subscribe(subscribers)
  }
  const release = () => {
    held -= 1
    if (held === 0) channel.unsubscribe(subscribers)
  }
  return { hold, release }
}

function end(span: Span, error: unknown): void {
  if (error instanceof Error) {
    span.setAttributes(failureOf(error))
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}

/** The message is left out: it can hold values. */
function failureOf(error: Error): Attributes {
  const status = statusOf(error)
  if (status !== undefined) return { 'db.response.status_code': status, 'error.type': status }
  return { 'error.type': 'code' in error && typeof error.code === 'string' ? error.code : error.name }
}

/** SQLSTATE, or the first word of an error of Redis. */
function statusOf(error: Error): string | undefined {
  if ('severity' in error && 'code' in error && typeof error.code === 'string') return error.code
  return error.name === 'ReplyError' ? /^[A-Z]+(?= )/.exec(error.message)?.[0] : undefined
}
