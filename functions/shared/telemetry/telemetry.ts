// Traces over OTLP/HTTP. A bundle of its own, which is loaded only where settings.ts finds that they are on; the SDK reads
// most of the other standard variables itself (OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_HEADERS, OTEL_BSP_…).

import { context, diag, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { describeError, type Log } from '../log.ts'
import { within } from '../shutdown.ts'
import { lazyExporter } from './lazy-exporter.ts'
import { readProtocol } from './protocol.ts'
import { traceRequests } from './request-spans.ts'
import { readSampler } from './sampling.ts'
import { traceWork } from './work-spans.ts'

interface TelemetryOptions {
  readonly service: string
  readonly version: string
  readonly log: Log
}

export interface Telemetry {
  /** Sends the spans that wait. */
  close(): Promise<void>
}

export function startTelemetry({ service, version, log }: TelemetryOptions): Telemetry {
  // The collector is down or refuses: said in the log, and no concern of a request.
  const warn = (message: string) => log.warn('traces', { detail: message })
  diag.setLogger({ error: warn, warn, info() {}, debug() {}, verbose() {} })
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': service, 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }))
  const protocol = readProtocol(process.env, warn)
  const provider = new BasicTracerProvider({
    resource,
    // traceRequests has decided before.
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new BatchSpanProcessor(lazyExporter(protocol))],
  })
  trace.setGlobalTracerProvider(provider)
  const contexts = new AsyncLocalStorageContextManager().enable()
  context.setGlobalContextManager(contexts)
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const tracer = trace.getTracer('iod-functions', version)
  traceRequests(tracer, contexts, readSampler(process.env, warn))
  traceWork(tracer)
  return {
    close: () =>
      within(closeMs, provider.shutdown()).catch(error =>
        log.warn('traces were not sent', describeError(error)),
      ),
  }
}

/** A collector that does not respond would hold the shutdown beyond its deadline. */
const closeMs = 3_000
