/** Returns the nearest-rank quantile: the smallest sample that the share `q` of all samples does not exceed. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

export const median = (samples: readonly number[]) => quantile(samples, 0.5)

/** The median of the ratios of samples that were taken next to each other. */
export const medianRatio = (samples: readonly number[], others: readonly number[]) =>
  median(samples.map((sample, n) => sample / (others[n] ?? Number.NaN)))

export const summaryColumns = (unit: string) => [
  'n',
  ...['median', 'p95', 'p99', 'max'].map(of => `${of} ${unit}`),
]

export const summarize = (samples: readonly number[]): readonly number[] => [
  samples.length,
  ...[0.5, 0.95, 0.99, 1].map(q => quantile(samples, q)),
]

/**
 * The smallest ratio of `samples` to `others` in any block of neighbouring samples, by the best sample of each: a busy machine
 * only adds to a sample, and a block where the others did as badly disproves a loss.
 */
export function leastRatio(samples: readonly number[], others: readonly number[], blockSize: number): number {
  const starts = samples.map((_, n) => n).filter(n => n % blockSize === 0)
  const bestOf = (of: readonly number[], start: number) => Math.min(...of.slice(start, start + blockSize))
  return Math.min(...starts.map(start => bestOf(samples, start) / bestOf(others, start)))
}
