import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { privateNetworks, toNetworks } from './trusted-proxies.ts'
import { base, redisUrl, url } from './url-variables.ts'

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

/** Scheme, host and port, in the one spelling that browsers send and that issuers are compared in. */
const toOrigin = (text: string): string | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isBare =
    url !== undefined && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  return isBare && ['http:', 'https:'].includes(url.protocol) && !text.includes('*') ? url.origin : undefined
}

const origin = v.pipe(
  v.string('is missing'),
  v.check(text => toOrigin(text) !== undefined, 'must be http(s)://host[:port] and nothing more'),
  v.transform(text => toOrigin(text) ?? text),
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

const origins = v.pipe(
  list,
  v.check(
    items => items.every(item => item === '*' || toOrigin(item) !== undefined),
    'must be origins, https://app.example, with commas between, or *',
  ),
  v.transform(items => items.map(item => toOrigin(item) ?? item)),
)

const networks = v.pipe(
  list,
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const networks = toNetworks(dataset.value)
    if (networks === undefined) addIssue({ message: 'must be networks like 10.0.0.0/8, with commas between' })
    return networks ?? NEVER
  }),
)

/** One origin, or several that differ in the first part of their name: `http://{auth,posts}.iod.svc.cluster.local`. */
const internalOrigins = v.pipe(
  v.string(),
  v.regex(
    /^http:\/\/(?:[a-z0-9-]+|\{[a-z0-9-]+(?:,[a-z0-9-]+)*\})(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/,
    'must be like http://{auth,posts}.iod.svc.cluster.local',
  ),
  v.transform(text => {
    const [before = '', names = '', after = ''] = text.split(/[{}]/)
    return names === '' ? [before] : names.split(',').map(name => `${before}${name}${after}`)
  }),
  v.check(urls => urls.every(url => URL.canParse(url)), 'must have hosts and ports that can exist'),
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

/** PEM, or the path of its file, which is read at the start. */
const certificates = v.pipe(
  v.string('is missing'),
  v.check(
    value => value.startsWith('-----BEGIN') || isReadable(value),
    'must be certificates in PEM or the path of a readable file',
  ),
  v.transform(value => (value.startsWith('-----BEGIN') ? value : readFileSync(value, 'utf8'))),
  v.check(areCertificates, 'must be certificates in PEM'),
)

/** TLS skips what it cannot read, and then believes no server. */
function areCertificates(pem: string): boolean {
  const begin = '-----BEGIN CERTIFICATE-----'
  const parts = pem.split(new RegExp(`(?=${begin})`)).filter(text => text.startsWith(begin))
  return parts.length > 0 && parts.every(isCertificate)
}

function isCertificate(pem: string): boolean {
  // Loaded only where there is one to read: a start takes longer by it.
  const { X509Certificate } = process.getBuiltinModule('node:crypto')
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}

function isReadable(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}

const onOff = v.picklist(['on', 'off'], 'must be on or off')

export const variable = { integer, url, base, certificates, secret, document, onOff }

/** How long a username is kept from others after its account changed or deleted it: profile does one, auth the other. */
export const usernameHoldDays = v.optional(integer(1, 3_650), '90')

/** The variables of every function. Units are in the names; defaults exist only where a wrong one can do no harm. */
export const commonVariables = {
  PORT: v.optional(integer(0, 65_535), '8080'),
  LOG_LEVEL: v.optional(
    v.picklist(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error'),
    'info',
  ),
  DATABASE_URL: url('postgres', 'postgresql'),
  DATABASE_CA: v.optional(certificates),
  DATABASE_POOL_SIZE: v.optional(integer(1, 100), '5'),
  REDIS_URL: redisUrl,
  REDIS_CA: v.optional(certificates),
  REDIS_CACHE_URL: v.optional(redisUrl),
  PUBLIC_URL: origin,
  JWT_ISSUER: v.optional(
    v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,200}$/, 'must be printable ASCII without spaces')),
  ),
  CORS_ORIGINS: v.optional(origins, ''),
  TRUSTED_PROXY_HOPS: v.optional(integer(0, 10), '0'),
  TRUSTED_PROXY_NETWORKS: v.optional(networks, privateNetworks.join()),
  /** The port of the function's own counters; 0 leaves it closed. */
  METRICS_PORT: v.optional(integer(0, 65_535), '0'),
  /** Other functions, which the first request at this one wakes as well. */
  NEIGHBOUR_URLS: v.optional(internalOrigins),
  /** How long the access token of a revoked session may still be accepted while Redis is unavailable. */
  REVOCATION_MAX_AGE_SECONDS: v.optional(integer(5, 600), '60'),
  /** A collector that takes traces by OTLP/HTTP. The SDK reads the other `OTEL_` variables itself. */
  OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(base),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: v.optional(url('http', 'https')),
  OTEL_TRACES_EXPORTER: v.optional(v.string()),
  OTEL_SDK_DISABLED: v.optional(v.string()),
  OTEL_SERVICE_NAME: v.optional(v.string()),
  /** Set by Knative (runtime contract). */
  K_REVISION: v.optional(v.string(), 'dev'),
}

/** Parses the variables that `entries` names; throws one ConfigError that lists all that is wrong. */
export function readEnvironment<const Entries extends v.ObjectEntries>(
  entries: Entries,
  environment: Environment,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  // `echo` leaves a line break at the end of a Secret, which some clients of a URL ignore and others take as a part of it.
  const trimmed = Object.entries(environment).map(([name, value]) => [name, value?.trim()])
  // Empty is how a shell, a ConfigMap and a `.env` file say that there is none.
  const given = Object.fromEntries(trimmed.filter(([, value]) => value !== ''))
  const result = v.safeParse(v.object(entries), given)
  if (result.success) return result.output
  const faults = result.issues.map(issue => {
    const name = v.getDotPath(issue) ?? ''
    return `${name} ${given[name] === undefined ? 'is missing' : issue.message}`
  })
  throw new ConfigError(`configuration: ${faults.join('; ')}`)
}
