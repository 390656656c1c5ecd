import { readFileSync } from 'node:fs'
import * as v from 'valibot'

/** A variable is missing or malformed: the message names each one and never repeats a value, which may be a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type Environment = Readonly<Record<string, string | undefined>>

const integer = (minimum: number, maximum: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, 'must be a whole number'),
    v.transform(Number),
    v.minValue(minimum, `must be at least ${minimum}`),
    v.maxValue(maximum, `must be at most ${maximum}`),
  )

const url = (...schemes: string[]) =>
  v.pipe(
    v.string('is missing'),
    v.check(
      text => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
      `must be a URL (${schemes.join(', ')})`,
    ),
  )

/** At least 256 bits, base64url. */
const secret = v.pipe(
  v.string('is missing'),
  v.regex(/^[\w-]{43,}=*$/, 'must be 32 bytes or more in base64url'),
  v.transform(text => Buffer.from(text, 'base64url')),
)

const list = v.pipe(
  v.string(),
  v.transform(text =>
    text
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== ''),
  ),
)

/** A JSON document where it is used: the text itself, or a file that may change while the function runs. */
export type DocumentSource = { readonly text: string } | { readonly file: string }

const document = v.pipe(
  v.string('is missing'),
  v.transform((value): DocumentSource => (value.startsWith('{') ? { text: value } : { file: value })),
  v.check(
    source => 'text' in source || isReadable(source.file),
    'must be a JSON document or the path of a readable file',
  ),
)

function isReadable(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}

export const variable = { integer, url, secret, list, document }

/** What every function reads. Units are in the names; defaults only where a wrong one can do no harm. */
export const commonVariables = {
  PORT: v.optional(integer(0, 65_535), '8080'),
  LOG_LEVEL: v.optional(
    v.picklist(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error'),
    'info',
  ),
  DATABASE_URL: url('postgres', 'postgresql'),
  DATABASE_POOL_SIZE: v.optional(integer(1, 100), '5'),
  REDIS_URL: url('redis', 'rediss'),
  PUBLIC_URL: url('http', 'https'),
  JWT_ISSUER: v.optional(v.string()),
  CORS_ORIGINS: v.optional(list, ''),
  TRUSTED_PROXY_HOPS: v.optional(integer(0, 10), '0'),
  /** Where the function's own counters are read; 0 leaves the port closed. */
  METRICS_PORT: v.optional(integer(0, 65_535), '0'),
  /** How long an ended session's access tokens may still be taken while Redis is away. */
  REVOCATION_MAX_AGE_SECONDS: v.optional(integer(5, 600), '60'),
  /** Set by Knative (runtime contract). */
  K_REVISION: v.optional(v.string(), 'dev'),
}

/** Parses the variables that `entries` names; throws one ConfigError that lists all that is wrong. */
export function readEnvironment<const Entries extends v.ObjectEntries>(
  entries: Entries,
  environment: Environment,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  const result = v.safeParse(v.object(entries), environment)
  if (result.success) return result.output
  const faults = result.issues.map(issue => {
    const name = v.getDotPath(issue) ?? ''
    return `${name} ${environment[name] === undefined ? 'is missing' : issue.message}`
  })
  throw new ConfigError(`configuration: ${faults.join('; ')}`)
}
