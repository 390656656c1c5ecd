// The options of a command: make passes them as variables of the environment, and the names of those on its command line as
// arguments.
import { statSync } from 'node:fs'
import * as v from 'valibot'

/** The request cannot work. Thrown before anything changes; the message names a remedy. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

// The message of a schema is a predicate, which follows the option's name.

export const text = v.optional(v.string())
export const textOr = (fallback: string) => v.optional(v.string(), fallback)
/** `example` follows "is missing". */
export const required = (example: string) => v.string(`is missing${example}`)

export const existingFile = (example: string) =>
  v.pipe(
    required(example),
    v.check(
      (file: string) => statSync(file, { throwIfNoEntry: false })?.isFile() === true,
      ({ input }) => `names no file: ${input}`,
    ),
  )

/** Absent, it is `no`. */
export const yesOrNo = v.pipe(
  v.optional(
    v.picklist(['yes', 'no'], ({ input }) => `is yes or no, not ${input}`),
    'no',
  ),
  v.transform(value => value === 'yes'),
)

export const oneOf = <const Names extends readonly string[]>(names: Names) =>
  v.picklist(names, ({ input }) =>
    input === undefined
      ? `is missing; there are ${names.join(', ')}`
      : `is one of ${names.join(', ')}, not ${input}`,
  )

export const numberBetween = (minimum: number, maximum: number, fallback: number) =>
  v.pipe(
    v.optional(v.string(), String(fallback)),
    v.check(
      written => Number(written) >= minimum && Number(written) <= maximum,
      ({ input }) => `is a number from ${minimum} to ${maximum}, not ${input}`,
    ),
    v.transform(Number),
  )

export const wholeNumberBetween = (minimum: number, maximum: number, fallback: number) =>
  v.pipe(
    numberBetween(minimum, maximum, fallback),
    v.integer(({ input }) => `is a whole number, not ${input}`),
  )

export const portOr = (fallback: number) => wholeNumberBetween(1, 65_535, fallback)

export type Options<Schemas extends v.ObjectEntries> = v.InferOutput<v.ObjectSchema<Schemas, undefined>>

/** Returns the options as their schemas convert them; an empty one counts as absent. Throws for the first that is wrong. */
export function parseOptions<const Schemas extends v.ObjectEntries>(
  schemas: Schemas,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Options<Schemas> {
  const given = Object.keys(schemas).map(name => [name, environment[name] || undefined])
  const result = v.safeParse(v.object(schemas), Object.fromEntries(given))
  if (result.success) return result.output
  const [issue] = result.issues
  throw new UsageError(`${v.getDotPath(issue)} ${issue.message}.`)
}

/** Rejects names that the command does not have: a misspelled option would be ignored without a word. */
export function refuseUnknown(names: readonly string[], schemas: v.ObjectEntries): void {
  const known = Object.keys(schemas)
  const unknown = names.filter(name => !known.includes(name))
  if (unknown.length === 0) return
  const has = known.length === 0 ? 'it takes none' : `there are ${known.join(', ')}`
  throw new UsageError(`there is no option ${unknown.join(', ')}; ${has}.`)
}
