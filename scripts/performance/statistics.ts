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

/**
 * A lower bound of the ratio of `samples` to `others`, which are pairs of neighbours: the sign test makes it 99.8 % certain
 * for 25 pairs, whatever their distribution. Fewer than 9 pairs prove nothing: 0.
 */
export function leastRatio(samples: readonly number[], others: readonly number[]): number {
  const ratios = samples.map((sample, n) => sample / (others[n] ?? Number.NaN)).toSorted((a, b) => a - b)
  let [rank, below] = [0, 0.5 ** ratios.length]
  for (let term = below; below <= 0.0021; below += term) {
    rank += 1
    term *= (ratios.length - rank + 1) / rank
  }
  return ratios[rank - 1] ?? 0
}
