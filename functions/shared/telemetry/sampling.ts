import { ROOT_CONTEXT } from '@opentelemetry/api'
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base'

/** version-traceid-parentid-flags, as W3C Trace Context writes it. */
const traceparentForm = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-([\da-f]{2})/

/** Whether a request that came with this `traceparent` is traced. */
export type IsSampled = (traceparent: string | undefined) => boolean

/**
 * Reads OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG as the SDK does, which would make ids and a span for every request
 * and then drop them. A request that begins a trace is drawn, since its id does not exist yet.
 */
export function readSampler(environment: Readonly<Record<string, string | undefined>>): IsSampled {
  const name = environment['OTEL_TRACES_SAMPLER'] ?? 'parentbased_always_on'
  const ratio = ratioOf(name, Number(environment['OTEL_TRACES_SAMPLER_ARG'] || 1))
  const followsParent = name.startsWith('parentbased_')
  const byTraceId = new TraceIdRatioBasedSampler(ratio)
  return traceparent => {
    const parent = traceparent === undefined ? null : traceparentForm.exec(traceparent)
    if (parent === null) return Math.random() < ratio
    const [, traceId = '', flags = ''] = parent
    if (followsParent) return (Number.parseInt(flags, 16) & 1) === 1
    return byTraceId.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED
  }
}

function ratioOf(name: string, given: number): number {
  if (name.endsWith('always_off')) return 0
  return name.endsWith('traceidratio') && given >= 0 && given <= 1 ? given : 1
}
