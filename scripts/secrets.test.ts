import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { secretReferenceOf } from '../functions/environment-of.ts'
import { functions } from '../functions/registry.ts'
import { clusterSecrets, type SecretValues } from './cluster-secrets.ts'
import { readSecretValues, writeSecrets } from './secrets.ts'

const folder = mkdtempSync(join(tmpdir(), 'iod-secrets-'))
const file = join(folder, 'secrets.json')
afterAll(() => rmSync(folder, { recursive: true }))

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

it('keeps the values of an existing file, also one that a person has set', () => {
  const before = readSecretValues(file)
  writeSecrets(file, 'iod')
  expect(readSecretValues(file)).toEqual(before)
  const elsewhere = { ...before['posts'], DATABASE_URL: 'postgres://a:b@managed.example/iod' }
  expect(clusterSecrets('postgres:5432', { ...before, posts: elsewhere })['posts']).toEqual(elsewhere)
})

it('adds what a new function needs, and lets it into PgBouncer and Redis', () => {
  const complete = readSecretValues(file)
  const { posts: _posts, migrate, ...rest } = complete
  const { POSTS_DATABASE_PASSWORD: _password, ...others } = migrate ?? {}
  const before: SecretValues = { ...rest, migrate: others }
  const after = clusterSecrets('postgres:5432', before)
  expect(Object.keys(after).toSorted()).toEqual(Object.keys(complete).toSorted())
  expect(after['auth']).toEqual(complete['auth'])
  expect(after['posts']).not.toEqual(complete['posts'])
  const password = after['migrate']?.['POSTS_DATABASE_PASSWORD'] ?? ''
  expect(new URL(after['posts']?.['DATABASE_URL'] ?? '').password).toBe(password)
  expect(after['pgbouncer']?.['userlist.txt']).toContain(`"iod_posts" "${password}"`)
  const acl = (values: SecretValues) => values['redis']?.['users.acl']?.split('\n')
  expect(acl(after)).toHaveLength(acl(complete)?.length ?? 0)
  expect(acl(after)?.find(line => line.startsWith('user iod_auth '))).toBe(
    acl(complete)?.find(line => line.startsWith('user iod_auth ')),
  )
})
