/** The numbers of the rule, from the configuration. */
export interface ThrottleSettings {
  /** Attempts before the first wait. */
  readonly freeAttempts: number
  /** The first wait is one second; each later one is twice as long, up to this. */
  readonly maxWaitSeconds: number
  /** After this long without an attempt, the count starts again. */
  readonly forgetAfterSeconds: number
}

/** The recorded attempts of a subject, in times relative to the clock of the store, so that the clocks of pods do not matter. */
export interface Attempts {
  readonly count: number
  readonly secondsSinceLast: number
  /** Until the next attempt is allowed; 0 or less when it is. */
  readonly waitSeconds: number
}

export const noAttempts: Attempts = { count: 0, secondsSinceLast: 0, waitSeconds: 0 }

/** The record of an allowed attempt. */
type AllowedAttempt = Pick<Attempts, 'count' | 'waitSeconds'>

export type Decision =
  | { readonly isAllowed: false; readonly waitSeconds: number }
  | { readonly isAllowed: true; readonly attempt: AllowedAttempt }

/** Decides whether an attempt may be made, and what follows from it whether it succeeds or not. */
export function decideAttempt(
  { count, secondsSinceLast, waitSeconds }: Attempts,
  settings: ThrottleSettings,
): Decision {
  // The last attempt lies in the future: the clock went back, and the wait would last until it has caught up.
  const isClockBehind = secondsSinceLast < 0
  if (waitSeconds > 0 && !isClockBehind) return { isAllowed: false, waitSeconds: Math.ceil(waitSeconds) }
  const nextCount = secondsSinceLast > settings.forgetAfterSeconds ? 1 : count + 1
  return { isAllowed: true, attempt: { count: nextCount, waitSeconds: waitAfter(nextCount, settings) } }
}

const waitAfter = (count: number, { freeAttempts, maxWaitSeconds }: ThrottleSettings) =>
  count < freeAttempts ? 0 : Math.min(2 ** (count - freeAttempts), maxWaitSeconds)
