import type { SecretSource } from './definition.ts'
import { passwordVariable } from './migrate/role-names.ts'
import { type DatabaseRole, functions, type RegisteredFunction } from './registry.ts'

export type Variables = Readonly<Record<string, string>>

/** A place where functions run: `make dev`, compose, a cluster, a test, a measurement. */
export interface Target {
  /** Plain settings; a function gets those that it reads. Unless empty, they come before what is made from the members below. */
  readonly settings: Readonly<Record<string, string | undefined>>
  readonly databaseUrl: (role: DatabaseRole) => string
  /** Of a replica that only reads. */
  readonly databaseReadUrl?: (role: DatabaseRole) => string
  readonly redisUrl: (role: DatabaseRole) => string
  readonly redisCacheUrl?: (role: DatabaseRole) => string
  /** JWK sets: the documents, or the paths of files that hold them. */
  readonly privateKeys: string
  readonly publicKeys: string
  /** A random secret of one function; the same value each time it is asked for. */
  readonly random: (owner: string, variable: string) => string
}

/** Returns all variables that the function reads and the target has, and no other. */
export function environmentOf(
  { name, databaseRole, variables, secrets }: RegisteredFunction,
  target: Target,
): Variables {
  const bySource: Readonly<Record<SecretSource, (variable: string) => string | undefined>> = {
    random: variable => target.random(name, variable),
    'private-keys': () => target.privateKeys,
    'public-keys': () => target.publicKeys,
    operator: () => undefined,
  }
  const made: Readonly<Record<string, string | undefined>> = {
    DATABASE_URL: target.databaseUrl(databaseRole),
    DATABASE_READ_URL: target.databaseReadUrl?.(databaseRole),
    REDIS_URL: target.redisUrl(databaseRole),
    REDIS_CACHE_URL: target.redisCacheUrl?.(databaseRole),
    ...Object.fromEntries(
      Object.entries(secrets).map(([variable, source]) => [variable, bySource[source](variable)]),
    ),
  }
  return Object.fromEntries(
    Object.keys(variables).flatMap(variable => {
      const value = target.settings[variable] || made[variable]
      return value === undefined ? [] : [[variable, value]]
    }),
  )
}

/** Returns the variables of the migrations: the owner's database, and the password that each role is to have. */
export const migrateEnvironment = (
  ownerUrl: string,
  passwordOf: (role: DatabaseRole) => string,
): Variables => ({
  DATABASE_URL: ownerUrl,
  ...Object.fromEntries(
    functions.map(({ name, databaseRole }) => [passwordVariable(name), passwordOf(databaseRole)]),
  ),
})

/** The Secret of the public keys, which every function that checks access tokens refers to. */
export const publicKeysSecret = 'jwks'
export const keySetFiles = { 'private-keys': 'signing-keys.json', 'public-keys': 'keys.json' } as const

const urls = ['DATABASE_URL', 'DATABASE_CA', 'DATABASE_READ_URL', 'REDIS_URL', 'REDIS_CA', 'REDIS_CACHE_URL']

/** The variables of the function that a cluster keeps in Secrets. */
export const secretVariablesOf = ({ variables, secrets }: RegisteredFunction): readonly string[] => [
  ...urls.filter(name => name in variables),
  ...Object.keys(secrets),
]

/** The Secret and its key that a cluster keeps a secret variable under. */
export function secretReferenceOf(
  { name, secrets }: RegisteredFunction,
  variable: string,
): { readonly secret: string; readonly key: string } {
  const source = secrets[variable]
  if (source === 'public-keys') return { secret: publicKeysSecret, key: keySetFiles[source] }
  return { secret: name, key: source === 'private-keys' ? keySetFiles[source] : variable }
}
