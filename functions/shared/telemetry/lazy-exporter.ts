import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'
import type { Protocol } from './protocol.ts'

/**
 * Loads the exporter with the first spans that are sent, some seconds after a wake's response: it is more than half of what
 * traces would add to a wake's CPU time.
 */
export function lazyExporter(protocol: Protocol): SpanExporter {
  let loading: Promise<SpanExporter> | undefined
  const load = () => {
    loading ??= loadExporter(protocol)
    return loading
  }
  return {
    export(spans, done: (result: ExportResult) => void) {
      load().then(
        exporter => exporter.export(spans, done),
        (error: Error) => done({ code: ExportResultCode.FAILED, error }),
      )
    },
    shutdown: async () => (await loading)?.shutdown(),
    forceFlush: async () => (await loading)?.forceFlush?.(),
  }
}

async function loadExporter(protocol: Protocol): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto')
  return new OTLPTraceExporter()
}
