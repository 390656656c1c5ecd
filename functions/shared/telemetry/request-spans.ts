import { subscribe } from 'node:diagnostics_channel'
import { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { onStart, responseChannel, type TracedResponse } from '../tracing.ts'
import type { IsSampled } from './sampling.ts'

/**
 * A span for every request but probes, as a child of the caller's where `traceparent` names one. Attributes follow the
 * semantic conventions of HTTP; path, query, addresses and user agent are left out, since they can hold names and tokens.
 */
export function traceRequests(
  tracer: Tracer,
  contexts: AsyncLocalStorageContextManager,
  isSampled: IsSampled,
): void {
  // Node publishes it before any of our code sees the request, and within the same turn.
  subscribe('http.server.request.start', message => {
    const { request, response } = requestOf(message)
    if (request === undefined || response === undefined || request.url === '/healthz') return
    if (!isSampled(onlyValueOf(request.headers['traceparent']))) return
    const parent = propagation.extract(ROOT_CONTEXT, request.headers)
    const span = tracer.startSpan(
      nameOf(request.method),
      { kind: SpanKind.SERVER, attributes: attributesOf(request) },
      parent,
    )
    response.once('close', () => span.end())
    announce(request, span)
    contexts.attach(trace.setSpan(parent, span))
  })
  responseChannel.subscribe(
    onStart(response => {
      const span = trace.getSpan(context.active())
      if (span !== undefined) describe(span, response)
    }),
  )
}

/** As Node joins a repeated one, which no form allows. */
const onlyValueOf = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join() : value)

function requestOf(message: unknown): { request?: IncomingMessage; response?: ServerResponse } {
  if (typeof message !== 'object' || message === null) return {}
  if (!('request' in message && message.request instanceof IncomingMessage)) return {}
  if (!('response' in message && message.response instanceof ServerResponse)) return {}
  return { request: message.request, response: message.response }
}

/** Those of RFC 9110 and 5789. The conventions have `_OTHER` for the rest, and HTTP in the name of the span. */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])
const nameOf = (method = '') => (knownMethods.has(method) ? method : 'HTTP')

function attributesOf({ method = '', httpVersion, headers }: IncomingMessage): Attributes {
  const isKnown = knownMethods.has(method)
  return {
    'http.request.method': isKnown ? method : '_OTHER',
    ...(!isKnown && { 'http.request.method_original': method }),
    // The scheme that the client used: TLS ends at the gateway.
    'url.scheme': headers['x-forwarded-proto'] === 'https' ? 'https' : 'http',
    'network.protocol.version': httpVersion,
  }
}

function describe(span: Span, { method, route, status }: TracedResponse): void {
  span.updateName(`${nameOf(method)} ${route}`)
  span.setAttributes({ 'http.route': route, 'http.response.status_code': status })
  if (status < 500) return
  span.setAttribute('error.type', String(status))
  span.setStatus({ code: SpanStatusCode.ERROR })
}

/** A request that came without a trace gets one in its header, so that its log line has the same trace id. */
function announce(request: IncomingMessage, span: Span): void {
  if (request.headers['traceparent'] !== undefined) return
  const { traceId, spanId, traceFlags } = span.spanContext()
  const value = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
  request.headers['traceparent'] = value
  // Hono reads this list.
  request.rawHeaders.push('traceparent', value)
}
