/** Returns the nearest-rank quantile: the smallest sample that the share `q` of all samples does not exceed. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

export const median = (samples: readonly number[]) => quantile(samples, 0.5)

export const summaryColumns = (unit: string) => [
  'n',
  ...['median', 'p95', 'p99', 'max'].map(of => `${of} ${unit}`),
]

export const summarize = (samples: readonly number[]): readonly number[] => [
  samples.length,
  ...[0.5, 0.95, 0.99, 1].map(q => quantile(samples, q)),
]
