import * as v from 'valibot'
import { type Environment, readEnvironment, variable } from '../shared/environment.ts'
import { type Migration, schemaOwners } from './migrations.ts'
import { passwordVariable, roleOf } from './role-names.ts'

/** ASCII, for which a SCRAM verifier needs no SASLprep. */
const password = v.pipe(
  v.string(),
  v.minLength(16, 'must have 16 characters or more'),
  v.regex(/^[\x21-\x7e]+$/, 'must be printable ASCII'),
)

const databaseVariables = {
  DATABASE_URL: variable.url('postgres', 'postgresql'),
  DATABASE_CA: v.optional(variable.certificates),
}

/** Reads how to connect as the owner. */
export function readDatabase(environment: Environment) {
  const { DATABASE_URL, DATABASE_CA } = readEnvironment(databaseVariables, environment)
  return { databaseUrl: DATABASE_URL, authority: DATABASE_CA }
}

/** Reads the owner's URL and the password of each schema owner's role: AUTH_DATABASE_PASSWORD for `auth`. */
export function readConfig(environment: Environment, migrations: readonly Migration[]) {
  const owners = schemaOwners(migrations)
  const values = readEnvironment(
    {
      ...Object.fromEntries(owners.map(owner => [passwordVariable(owner), password])),
      ...databaseVariables,
      MONITOR_DATABASE_PASSWORD: v.optional(password),
    },
    environment,
  )
  const given = new Map<string, string | undefined>(Object.entries(values))
  return {
    databaseUrl: values.DATABASE_URL,
    authority: values.DATABASE_CA,
    rolePasswords: Object.fromEntries(
      owners.map(owner => [roleOf(owner), given.get(passwordVariable(owner)) ?? '']),
    ),
    monitorPassword: values.MONITOR_DATABASE_PASSWORD,
  }
}
