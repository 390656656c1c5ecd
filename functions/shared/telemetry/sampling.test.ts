import { expect, test } from 'vitest'
import { readSampler } from './sampling.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const sampled = `00-${traceId}-b7ad6b7169203331-01`
const dropped = `00-${traceId}-b7ad6b7169203331-00`

const shareOf = (OTEL_TRACES_SAMPLER: string | undefined, OTEL_TRACES_SAMPLER_ARG?: string) => {
  const warnings: string[] = []
  const isSampled = readSampler({ OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG }, text => warnings.push(text))
  const draws = Array.from({ length: 20_000 }, () => isSampled(undefined))
  return { roots: draws.filter(Boolean).length / draws.length, isSampled, warnings }
}

test.each([
  [undefined, undefined, 1],
  ['always_on', undefined, 1],
  ['parentbased_always_on', '0', 1],
  ['always_off', undefined, 0],
  ['parentbased_always_off', undefined, 0],
  ['traceidratio', '0', 0],
  ['parentbased_traceidratio', undefined, 1],
  ['parentbased_traceidratio', ' ', 1],
  ['', undefined, 1],
])('%s with %s samples %d of the requests that begin a trace', (name, argument, share) => {
  const { roots, warnings } = shareOf(name, argument)
  expect([roots, warnings]).toEqual([share, []])
})

// As the specification of these variables wants it.
test.each([
  ['always_of', undefined, 'OTEL_TRACES_SAMPLER '],
  ['jaeger_remote', undefined, 'OTEL_TRACES_SAMPLER '],
  ['traceidratio', 'half', 'OTEL_TRACES_SAMPLER_ARG '],
  ['traceidratio', '1.5', 'OTEL_TRACES_SAMPLER_ARG '],
])('%s with %s counts as absent, with a warning', (name, argument, begins) => {
  const { roots, warnings } = shareOf(name, argument)
  expect([roots, warnings]).toEqual([1, [expect.stringContaining(begins)]])
})

test('a ratio is that of the requests', () => {
  // Nine standard deviations of 20,000 draws.
  expect(shareOf('parentbased_traceidratio', '0.1').roots).toBeCloseTo(0.1, 1)
  expect(shareOf('traceidratio', '0.5').roots).toBeCloseTo(0.5, 1)
})

test.each(['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'])(
  '%s does what the caller decided',
  name => {
    const { isSampled } = shareOf(name, '0.5')
    expect([isSampled(sampled), isSampled(dropped)]).toEqual([true, false])
  },
)

test('without a parent-based sampler the id of the trace decides, alike in every function', () => {
  expect([sampled, dropped].map(shareOf('always_off').isSampled)).toEqual([false, false])
  expect([sampled, dropped].map(shareOf('always_on').isSampled)).toEqual([true, true])
  const { isSampled } = shareOf('traceidratio', '0.5')
  expect(new Set(Array.from({ length: 20 }, () => isSampled(sampled))).size).toBe(1)
})

test.each([
  '01-nothing',
  `ff-${traceId}-b7ad6b7169203331-01`,
  `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
])('the malformed header %s begins a trace', header => {
  expect(shareOf('parentbased_always_on').isSampled(header)).toBe(true)
  expect(shareOf('parentbased_always_off').isSampled(header)).toBe(false)
})
