/** The value below which the share `q` of the samples lies (nearest rank). */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const rank = Math.max(0, Math.ceil(q * sorted.length) - 1)
  return sorted[rank] ?? Number.NaN
}

export const median = (samples: readonly number[]) => quantile(samples, 0.5)

export interface Summary {
  readonly n: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export const summarize = (samples: readonly number[]): Summary => ({
  n: samples.length,
  p50: median(samples),
  p95: quantile(samples, 0.95),
  p99: quantile(samples, 0.99),
  max: quantile(samples, 1),
})

export interface Contender<Result> {
  readonly name: string
  measure(): Promise<Result>
}

/**
 * Measures each contender once per round, in reverse order every other round, so that what the machine does
 * meanwhile, and what one leaves behind for the next, falls on all of them alike.
 */
export async function interleave<Result>(
  rounds: number,
  contenders: readonly Contender<Result>[],
  onRound: (round: number) => void = () => undefined,
): Promise<ReadonlyMap<string, Result[]>> {
  const results = new Map(contenders.map(({ name }) => [name, [] as Result[]]))
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed()
    for (const { name, measure } of order) results.get(name)?.push(await measure())
    onRound(round + 1)
  }
  return results
}
