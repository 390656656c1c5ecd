// Requests as a client on the other side of the gateway saw them: every attempt counts, also those of retries.

export interface Exchange {
  readonly method: string
  readonly path: string
  /** A status, or the code of what happened instead: ECONNRESET. */
  readonly outcome: number | string
  readonly sentMs: number
  readonly receivedMs: number
  /** Retry-After was sent. */
  readonly saysWhen: boolean
  /** An error that is no problem document: the platform answered in the function's place. */
  readonly isForeign: boolean
  /** The beginning of such an answer. */
  readonly text: string
}

export interface Summary {
  readonly requests: number
  /** `200` and the like, by number. */
  readonly outcomes: ReadonlyMap<string, number>
  readonly failed: number
  /** The longest time without a success, in milliseconds. */
  readonly longestGapMs: number
  /** The longest wait for any answer. */
  readonly longestWaitMs: number
}

export const isFailure = ({ outcome }: Exchange) => typeof outcome === 'string' || outcome >= 400

export const waitOf = ({ sentMs, receivedMs }: Exchange) => receivedMs - sentMs

export const longestWaitOf = (exchanges: readonly Exchange[]) =>
  Math.round(Math.max(0, ...exchanges.map(waitOf)))

export function summarize(exchanges: readonly Exchange[], beganMs: number, endedMs: number): Summary {
  const outcomes = new Map<string, number>()
  for (const { outcome } of exchanges) outcomes.set(`${outcome}`, (outcomes.get(`${outcome}`) ?? 0) + 1)
  const successes = exchanges.filter(one => !isFailure(one)).map(one => one.receivedMs)
  return {
    requests: exchanges.length,
    outcomes: new Map([...outcomes].sort(([a], [b]) => a.localeCompare(b))),
    failed: exchanges.filter(isFailure).length,
    longestGapMs: longestGapOf([beganMs, ...successes.sort((a, b) => a - b), endedMs]),
    longestWaitMs: longestWaitOf(exchanges),
  }
}

export const longestGapOf = (timesMs: readonly number[]) =>
  Math.round(Math.max(0, ...timesMs.map((timeMs, index) => timeMs - (timesMs[index - 1] ?? timeMs))))
