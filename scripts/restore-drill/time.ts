import { UsageError } from '../cli/options.ts'

/** Reads TO. `Date` would take a time without a zone for one of this machine's zone, and February 30 for March 2. */
export function readTime(value: string | undefined): Date | undefined {
  if (value === undefined) return undefined
  const read = new Date(instantOf(value).epochMilliseconds)
  if (read.getTime() > Date.now()) throw new UsageError('TO lies in the future.')
  return read
}

function instantOf(value: string): Temporal.Instant {
  try {
    return Temporal.Instant.from(value)
  } catch {
    throw new UsageError(`TO is a time with its zone, such as '2026-11-25 12:00:00+00', not ${value}.`)
  }
}
