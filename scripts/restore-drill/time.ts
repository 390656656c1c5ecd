import { UsageError } from '../cli/options.ts'

const pattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,3})?)(Z|[+-]\d\d(?::?\d\d)?)$/

/**
 * Reads TO. Node itself would take a time without a zone for one of this machine's zone, and February 30 for March 2:
 * another second than the one that was meant.
 */
export function readTime(value: string | undefined): Date | undefined {
  if (value === undefined) return undefined
  const read = timeOf(value)
  if (read === undefined)
    throw new UsageError(`TO is a time with its zone, such as '2026-11-25 12:00:00+00', not ${value}.`)
  if (read.getTime() > Date.now()) throw new UsageError('TO lies in the future.')
  return read
}

function timeOf(value: string): Date | undefined {
  const [, day, time, zone] = pattern.exec(value) ?? []
  if (day === undefined || time === undefined || zone === undefined || !isDay(day)) return undefined
  const [hours, minutes] = [zone.slice(0, 3), zone.slice(3).replace(':', '') || '00']
  const read = new Date(`${day}T${time}${zone === 'Z' ? zone : `${hours}:${minutes}`}`)
  return Number.isNaN(read.getTime()) ? undefined : read
}

function isDay(day: string): boolean {
  const read = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(day)
}
