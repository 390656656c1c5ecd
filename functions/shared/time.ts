import * as v from 'valibot'

const rfc3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** False for the 30th of February, which `Date` would take for the 2nd of March. */
function isCalendarDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)?.map(Number) ?? []
  if (year === undefined || month === undefined || day === undefined) return false
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && isInRange(date)
}

const isInRange = (time: Date) => time.getUTCFullYear() >= 1970 && time.getUTCFullYear() < 2200

/** A time as in RFC 3339, with its offset, from 1970 to 2199. No leap seconds: Postgres has none. */
export const DateTime = v.pipe(
  v.string(),
  v.metadata({ format: 'date-time' }),
  v.check(
    text => isCalendarDate(rfc3339.exec(text)?.[1] ?? ''),
    'must be a time that exists, from 1970 to 2199, as in RFC 3339 with its offset',
  ),
  v.transform(text => new Date(text.toUpperCase())),
  v.check(isInRange, 'must be between 1970 and 2199'),
)

/** A day of the calendar, `2026-11-23`. */
export const CalendarDate = v.pipe(
  v.string(),
  v.metadata({ format: 'date' }),
  v.check(isCalendarDate, 'must be a day that exists, from 1970 to 2199: 2026-11-23'),
)
