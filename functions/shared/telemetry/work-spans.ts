import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { type TracedWork, workChannel } from '../tracing.ts'

interface RedisCommand {
  readonly command: string
}

const attributesOf = ({ kind, name }: TracedWork) =>
  kind === 'postgres' ? { 'db.system.name': 'postgresql', 'db.query.summary': name } : { 'iod.job': name }

/** Spans for what a request waits for. Without a request, as in maintenance, there is none. */
export function traceWork(tracer: Tracer): void {
  follow(workChannel, work =>
    tracer.startSpan(`${work.kind} ${work.name}`, {
      kind: work.kind === 'worker' ? SpanKind.INTERNAL : SpanKind.CLIENT,
      attributes: attributesOf(work),
    }),
  )
  // Only the command: its keys hold ids.
  follow(tracingChannel<RedisCommand>('ioredis:command'), ({ command }) =>
    tracer.startSpan(`redis ${command}`, {
      kind: SpanKind.CLIENT,
      attributes: { 'db.system.name': 'redis', 'db.operation.name': command },
    }),
  )
}

function follow<Message extends object>(
  channel: TracingChannel<Message>,
  startSpan: (message: Message) => Span,
): void {
  const spans = new WeakMap<object, Span>()
  channel.subscribe({
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
  })
}
