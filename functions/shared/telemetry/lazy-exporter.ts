import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'

/**
 * Loads the exporter with the first spans that are sent, some seconds after a wake's response: it is more than half of what
 * traces would add to a wake's CPU time.
 */
export function lazyExporter(): SpanExporter {
  let loading: Promise<SpanExporter> | undefined
  const load = () => {
    loading ??= import('@opentelemetry/exporter-trace-otlp-http').then(
      ({ OTLPTraceExporter }) => new OTLPTraceExporter(),
    )
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
