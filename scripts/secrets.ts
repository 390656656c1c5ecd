// Writes the Secrets that the manifests refer to, with random values: node scripts/secrets.ts FILE NAMESPACE
// A file that is already there is left as it is: Postgres keeps the passwords it was made with.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { newSigningKey } from './signing-keys.ts'

const random = () => randomBytes(32).toString('base64url')

function secretValues(): Record<string, Record<string, string>> {
  const owner = random()
  const roles = { auth: random(), profile: random(), posts: random() }
  const redis = random()
  const databaseUrl = (role: string, password: string) => `postgres://${role}:${password}@postgres:5432/iod`
  const redisUrl = `redis://:${redis}@redis:6379`
  const privateKey = newSigningKey()
  const { d: _private, ...publicKey } = privateKey
  return {
    postgres: { password: owner },
    redis: { password: redis, 'redis.conf': `requirepass ${redis}\n` },
    migrate: {
      DATABASE_URL: databaseUrl('postgres', owner),
      AUTH_DATABASE_PASSWORD: roles.auth,
      PROFILE_DATABASE_PASSWORD: roles.profile,
      POSTS_DATABASE_PASSWORD: roles.posts,
    },
    auth: {
      DATABASE_URL: databaseUrl('iod_auth', roles.auth),
      REDIS_URL: redisUrl,
      PASSWORD_PEPPER: random(),
      'signing-keys.json': JSON.stringify({ keys: [privateKey] }),
    },
    profile: {
      DATABASE_URL: databaseUrl('iod_profile', roles.profile),
      REDIS_URL: redisUrl,
      CURSOR_SECRET: random(),
    },
    posts: {
      DATABASE_URL: databaseUrl('iod_posts', roles.posts),
      REDIS_URL: redisUrl,
      CURSOR_SECRET: random(),
    },
    jwks: { 'keys.json': JSON.stringify({ keys: [publicKey] }) },
  }
}

const [file, namespace] = process.argv.slice(2)
if (file === undefined || namespace === undefined) {
  console.error('usage: node scripts/secrets.ts FILE NAMESPACE')
  process.exit(2)
}
if (!existsSync(file)) {
  const items = Object.entries(secretValues()).map(([name, stringData]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    stringData,
  }))
  mkdirSync(dirname(file), { recursive: true })
  // Under another name first: a half-written file would be taken for a finished one.
  writeFileSync(`${file}.new`, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 2), {
    mode: 0o600,
  })
  renameSync(`${file}.new`, file)
}
