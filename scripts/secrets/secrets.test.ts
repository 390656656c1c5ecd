import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { secretReferenceOf } from '../../functions/environment-of.ts'
import { passwordVariable } from '../../functions/migrate/role-names.ts'
import { posts as added } from '../../functions/posts/function.ts'
import { functionNames, functions } from '../../functions/registry.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { clusterSecrets, type SecretValues } from './cluster-secrets.ts'
import { readSecretValues, writeSecrets } from './secrets.ts'

const folder = createTestFolder()
const file = join(folder, 'secrets.json')

it('generates every secret variable of every function, under the key that a manifest refers to', () => {
  writeSecrets(file, 'iod')
  const values = readSecretValues(file)
  for (const definition of functions) {
    for (const [variable, source] of Object.entries(definition.secrets)) {
      const { secret, key } = secretReferenceOf(definition, variable)
      expect(values[secret]?.[key] !== undefined, `${secret} ${key}`).toBe(source !== 'operator')
    }
    expect(new URL(values[definition.name]?.['DATABASE_URL'] ?? '').username).toBe(definition.databaseRole)
    expect(new URL(values[definition.name]?.['REDIS_URL'] ?? '').username).toBe(definition.databaseRole)
  }
  expect(JSON.stringify(values['jwks'])).not.toContain('\\"d\\"')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

it('leads readers to the replicas, where there are some, through PgBouncer', () => {
  const reader = functions.filter(({ variables }) => 'DATABASE_READ_URL' in variables)
  expect(reader.length).toBeGreaterThan(0)
  const values = clusterSecrets(
    {},
    { primary: 'postgres-rw:5432', forFunctions: 'pgbouncer:6432', replica: 'postgres-ro:5432' },
  )
  for (const { name } of functions) {
    const { DATABASE_URL: url = '', DATABASE_READ_URL: readUrl } = values[name] ?? {}
    expect(readUrl).toBe(reader.some(one => one.name === name) ? `${url}_ro` : undefined)
  }
  expect(values['pgbouncer']?.['databases.ini']).toBe(
    '[databases]\niod = host=postgres-rw port=5432\niod_ro = host=postgres-ro port=5432 dbname=iod\n',
  )
  // The component postgres-tls makes the exporter verify the server.
  expect(values['postgres-exporter']?.['DATA_SOURCE_NAME']).not.toContain('sslmode')
})

it('keeps the values of an existing file, also one that a person has set', () => {
  const before = readSecretValues(file)
  writeSecrets(file, 'iod')
  expect(readSecretValues(file)).toEqual(before)
  const changed = { ...before[added.name], DATABASE_URL: 'postgres://a:b@managed.example/iod' }
  expect(clusterSecrets({ ...before, [added.name]: changed })[added.name]).toEqual(changed)
})

it('adds what a new function needs, and lets it into PgBouncer and Redis', () => {
  const { name, databaseRole } = added
  const complete = readSecretValues(file)
  const before: Record<string, Record<string, string>> = structuredClone(complete)
  delete before[name]
  delete before['migrate']?.[passwordVariable(name)]
  const after = clusterSecrets(before)
  expect(Object.keys(after).toSorted()).toEqual(Object.keys(complete).toSorted())
  for (const other of functionNames.filter(other => other !== name))
    expect(after[other]).toEqual(complete[other])
  const password = after['migrate']?.[passwordVariable(name)] ?? ''
  expect(password).not.toBe(complete['migrate']?.[passwordVariable(name)])
  expect(new URL(after[name]?.['DATABASE_URL'] ?? '').password).toBe(password)
  expect(after['pgbouncer']?.['userlist.txt']).toContain(`"${databaseRole}" "${password}"`)
  const users = (values: SecretValues) => values['redis']?.['users.acl']?.split('\n') ?? []
  const isOther = (line: string) => !line.startsWith(`user ${databaseRole} `)
  expect(users(after)).toHaveLength(users(complete).length)
  expect(users(after).filter(isOther)).toEqual(users(complete).filter(isOther))
})

it('forgets a function that was removed', () => {
  const complete = readSecretValues(file)
  const before = {
    ...complete,
    removed: { DATABASE_URL: 'postgres://iod_removed:a@postgres/iod' },
    migrate: { ...complete['migrate'], [passwordVariable('removed')]: 'a', DATABASE_CA: 'kept' },
  }
  const migrate = { ...complete['migrate'], DATABASE_CA: 'kept' }
  expect(clusterSecrets(before)).toEqual({ ...complete, migrate })
})
