import { ROOT_CONTEXT } from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base'

/** Returns true if a request with this `traceparent` is traced. */
export type IsSampled = (traceparent: string | undefined) => boolean

/** The samplers of the specification that need nothing but these variables, with the share that each takes. */
const shares: Readonly<Record<string, number | 'argument'>> = {
  always_on: 1,
  always_off: 0,
  traceidratio: 'argument',
}
const defaultName = 'parentbased_always_on'
const parentBased = 'parentbased_'

/**
 * Reads OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG as the SDK does, which would make ids and a span for every request
 * and then drop them. A request that begins a trace is drawn, since its id does not exist yet. A value that is none counts
 * as absent, after a warning, as the specification wants.
 */
export function readSampler(
  environment: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void,
): IsSampled {
  const { followsParent, ratio } = samplerOf(environment, warn)
  const byTraceId = new TraceIdRatioBasedSampler(ratio)
  return traceparent => {
    const parent = traceparent === undefined ? null : parseTraceParent(traceparent)
    if (parent === null) return Math.random() < ratio
    if (followsParent) return (parent.traceFlags & 1) === 1
    const { decision } = byTraceId.shouldSample(ROOT_CONTEXT, parent.traceId)
    return decision === SamplingDecision.RECORD_AND_SAMPLED
  }
}

function samplerOf(
  environment: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void,
): { readonly followsParent: boolean; readonly ratio: number } {
  const name = environment['OTEL_TRACES_SAMPLER']?.trim().toLowerCase() || defaultName
  const followsParent = name.startsWith(parentBased)
  const share = shares[followsParent ? name.slice(parentBased.length) : name]
  if (share === undefined) {
    warn(`OTEL_TRACES_SAMPLER is none of the samplers here, so it is ${defaultName}`)
    return { followsParent: true, ratio: 1 }
  }
  return { followsParent, ratio: share === 'argument' ? ratioOf(environment, warn) : share }
}

function ratioOf(
  { OTEL_TRACES_SAMPLER_ARG: given = '' }: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void,
): number {
  if (given.trim() === '') return 1
  const ratio = Number(given)
  if (ratio >= 0 && ratio <= 1) return ratio
  warn('OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1, so all are sampled')
  return 1
}
