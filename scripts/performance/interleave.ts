import { median } from './statistics.ts'

/** Something that is measured, and its name in the report. */
export interface Entry {
  readonly label: string
}

/** One result per entry and round. */
export class Results<Result> {
  readonly #byLabel = new Map<string, Result[]>()

  of({ label }: Entry): Result[] {
    const results = this.#byLabel.get(label) ?? []
    this.#byLabel.set(label, results)
    return results
  }

  samples = (entry: Entry, pick: (result: Result) => number): readonly number[] => this.of(entry).map(pick)
  median = (entry: Entry, pick: (result: Result) => number): number => median(this.samples(entry, pick))
  toJSON = () => Object.fromEntries(this.#byLabel)
}

/**
 * Measures each entry once per round, and every other round in reverse order, so that load from elsewhere and effects
 * of one entry on the next fall on all of them alike. Reports the share that is done, from 0 to 1.
 */
export async function interleave<Measured extends Entry, Result>(
  rounds: number,
  entries: readonly Measured[],
  measure: (entry: Measured) => Promise<Result>,
  onProgress: (share: number) => void = () => undefined,
): Promise<Results<Result>> {
  const results = new Results<Result>()
  for (let round = 1; round <= rounds; round += 1) {
    for (const entry of round % 2 === 1 ? entries : entries.toReversed())
      results.of(entry).push(await measure(entry))
    onProgress(round / rounds)
  }
  return results
}

/** Maps the progress of a step to that of the part. */
export const between = (from: number, to: number, onProgress: (share: number) => void) => (share: number) =>
  onProgress(from + (to - from) * share)
