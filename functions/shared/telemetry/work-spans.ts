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

/** Spans for what a request waits for, by the semantic conventions of databases. Without a request there is none. */
export function traceWork(tracer: Tracer): void {
  workChannel.subscribe(
    onStart(work => {
      if (trace.getSpan(context.active()) === undefined) return
      const span = tracer.startSpan(nameOf(work), { kind: kindOf(work), attributes: attributesOf(work) })
      work.end = error => end(span, error)
    }),
  )
}

function nameOf({ kind, name }: TracedWork): string {
  if (kind === 'redis') return name.toUpperCase()
  return kind === 'postgres' ? name : `${kind} ${name}`
}

const kindOf = ({ kind }: TracedWork) => (kind === 'worker' ? SpanKind.INTERNAL : SpanKind.CLIENT)

function attributesOf({ kind, name }: TracedWork): Attributes {
  switch (kind) {
    case 'postgres':
      return { 'db.system.name': 'postgresql', 'db.query.summary': name }
    case 'redis':
      return { 'db.system.name': 'redis', 'db.operation.name': name.toUpperCase() }
    case 'worker':
    case 'email':
      return { 'iod.job': name }
  }
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
