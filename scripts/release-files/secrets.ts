// Prints the Secrets that an installation refers to, with random values. A release has this as secrets.mjs, which needs
// Node 20 and nothing else:
//   node secrets.mjs iod-phase1.yaml | kubectl create --filename -
// Where the file brings no Postgres: DATABASE_URL of the owner, and REDIS_URL; DATABASE_CA, a file, where no public
// authority signed the certificate of Postgres. `kubectl create` refuses Secrets that exist, as it must: the database keeps
// the passwords that it was made with.
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { ofUrl, redisUrl as redisVariable, url } from '../../functions/shared/url-variables.ts'
import { fromYaml } from '../cluster/kubectl.ts'
import type { Json } from '../manifests/json.ts'
import { secretsReferredTo } from '../manifests/secret-references.ts'
import { namespaceOf } from '../release/overlay.ts'
import { randomSecrets, type SecretValues, secretList } from '../secrets/cluster-secrets.ts'
import { requireOpenPort } from './open-ports.ts'
import { type Provider, withProvider } from './provider.ts'

type Servers = { readonly [Name in keyof Provider]?: string | undefined }

/** Returns a List of the Secrets that the objects refer to. Certificates are not among them. */
export function secretsFor(objects: readonly Json[], servers: Servers) {
  const names = secretsReferredTo(objects)
  const values = randomSecrets(objects)
  // The Secret of the Postgres that the file itself brings.
  const used = names.includes('postgres') ? values : atProvider(values, servers, objects)
  const referredTo = Object.entries(used).filter(([name]) => names.includes(name))
  return secretList(Object.fromEntries(referredTo), namespaceOf(objects))
}

function atProvider(
  values: SecretValues,
  { databaseUrl, redisUrl, databaseAuthority }: Servers,
  objects: readonly Json[],
): SecretValues {
  if (databaseUrl === undefined || redisUrl === undefined)
    throw new Error(
      'This installation brings no Postgres and Redis. Name them: DATABASE_URL=postgres://OWNER:PASSWORD@HOST/DATABASE REDIS_URL=rediss://…',
    )
  const provider = {
    databaseUrl: urlOf('DATABASE_URL', ownerUrl, databaseUrl),
    redisUrl: urlOf('REDIS_URL', redisVariable, redisUrl),
    databaseAuthority,
  }
  requireOpenPort(objects, 'DATABASE_URL', provider.databaseUrl)
  requireOpenPort(objects, 'REDIS_URL', provider.redisUrl)
  return withProvider(values, provider)
}

const ownerUrl = v.pipe(
  url('postgres', 'postgresql'),
  ofUrl(
    ({ hostname, pathname }) => hostname !== '' && pathname.length > 1,
    'must name the host and the database, postgres://OWNER:PASSWORD@HOST/DATABASE',
  ),
)

/** Secrets that exist are not replaced, so what a function or PgBouncer would refuse is refused here. */
function urlOf(variable: string, schema: v.GenericSchema<string, string>, text: string): URL {
  const result = v.safeParse(schema, text.trim())
  if (result.success) return new URL(result.output)
  throw new Error(`${variable} ${result.issues[0].message}.`)
}

if (import.meta.main) {
  const [file] = process.argv.slice(2)
  if (file === undefined) {
    console.error('usage: node secrets.mjs iod-ENVIRONMENT.yaml | kubectl create --filename -')
    process.exit(2)
  }
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, DATABASE_CA: authorityFile } = process.env
  try {
    const objects = fromYaml(readFileSync(file, 'utf8'))
    const databaseAuthority = authorityFile ? readFileSync(authorityFile, 'utf8') : undefined
    console.log(
      JSON.stringify(secretsFor(objects, { databaseUrl, redisUrl, databaseAuthority }), undefined, 2),
    )
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}
