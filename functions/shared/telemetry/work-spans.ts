import { type TracingChannel, type TracingChannelSubscribers, tracingChannel } from 'node:diagnostics_channel'
import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { type TracedWork, workChannel } from '../tracing.ts'

interface RedisCommand {
  readonly command: string
}

const attributesOf = ({ kind, name }: TracedWork) =>
  kind === 'postgres' ? { 'db.system.name': 'postgresql', 'db.query.summary': name } : { 'iod.job': name }

export interface WorkSpans {
  readonly requestBegins: () => void
  readonly requestEnds: () => void
}

/** Spans for what a traced request waits for. Without a request, as in maintenance, there is none. */
export function traceWork(tracer: Tracer): WorkSpans {
  follow(workChannel, work =>
    tracer.startSpan(`${work.kind} ${work.name}`, {
      kind: work.kind === 'worker' ? SpanKind.INTERNAL : SpanKind.CLIENT,
      attributes: attributesOf(work),
    }),
  )
  // Only the command: its keys hold ids.
  const commands = followWhenAsked(tracingChannel<RedisCommand>('ioredis:command'), ({ command }) =>
    tracer.startSpan(`redis ${command}`, {
      kind: SpanKind.CLIENT,
      attributes: { 'db.system.name': 'redis', 'db.operation.name': command },
    }),
  )
  // For a subscriber ioredis describes every command with its arguments, a tenth of the cost of one's own profile, so
  // that it is asked only while a request is traced, or 1 % of them would cost almost what all of them do.
  let tracedRequests = 0
  return {
    requestBegins() {
      tracedRequests += 1
      if (tracedRequests === 1) commands.start()
    },
    requestEnds() {
      tracedRequests -= 1
      if (tracedRequests === 0) commands.stop()
    },
  }
}

function follow<Message extends object>(
  channel: TracingChannel<Message>,
  startSpan: (message: Message) => Span,
): void {
  followWhenAsked(channel, startSpan).start()
}

function followWhenAsked<Message extends object>(
  channel: TracingChannel<Message>,
  startSpan: (message: Message) => Span,
): { readonly start: () => void; readonly stop: () => void } {
  const spans = new WeakMap<object, Span>()
  const subscribers: TracingChannelSubscribers<Message> = {
    start(message) {
      if (trace.getSpan(context.active()) !== undefined) spans.set(message, startSpan(message))
    },
    end() {},
    asyncStart() {},
    asyncEnd(message) {
      spans.get(message)?.end()
    },
    error(message) {
      const span = spans.get(message)
      if (message.error instanceof Error) span?.setAttribute('error.type', message.error.name)
      span?.setStatus({ code: SpanStatusCode.ERROR })
    },
  }
  return { start: () => channel.subscribe(subscribers), stop: () => channel.unsubscribe(subscribers) }
}
