// Writes what compose.yaml reads: .data/compose with secrets made once, one environment file per container, the keys.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../cluster/command.ts'
import { at, isRecord, type Json, list, text } from '../manifests/json.ts'
import { versions } from '../release/overlay.ts'

const folder = join(root, '.data/compose')
const port = process.env['PORT'] ?? '8088'

function readSecrets(): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const file = join(folder, 'secrets.json')
  // The containers have the names that the Services have in a cluster, so the same values fit.
  execFileSync('node', [join(root, 'scripts/secrets.ts'), file, 'compose'])
  const written: Json = JSON.parse(readFileSync(file, 'utf8'))
  return new Map(
    list(written, 'items').map(secret => {
      const values = at(secret, 'stringData')
      const entries = isRecord(values) ? Object.entries(values) : []
      return [
        text(secret, 'metadata', 'name') ?? '',
        Object.fromEntries(entries.map(([k, v]) => [k, String(v)])),
      ]
    }),
  )
}

function write(name: string, content: string, mode: number): void {
  const file = join(folder, name)
  writeFileSync(file, content)
  chmodSync(file, mode)
}

/** Names like signing-keys.json are files and no variables. */
const environment = (values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .filter(([name]) => /^[A-Z_]+$/.test(name))
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

mkdirSync(folder, { recursive: true, mode: 0o700 })
const secrets = readSecrets()
const value = (secret: string, key: string) => secrets.get(secret)?.[key] ?? ''
const common = { PUBLIC_URL: `http://localhost:${port}`, TRUSTED_PROXY_HOPS: '1', LOG_LEVEL: 'info' }
for (const name of ['auth', 'profile', 'posts'])
  write(`${name}.env`, environment({ ...common, ...secrets.get(name) }), 0o600)
write('migrate.env', environment(secrets.get('migrate') ?? {}), 0o600)
write(
  'postgres.env',
  environment({ POSTGRES_PASSWORD: value('postgres', 'password'), POSTGRES_DB: 'iod' }),
  0o600,
)
write('redis.env', environment({ REDISCLI_AUTH: value('redis', 'probe-password') }), 0o600)
// Readable in the containers, which run as other users; on this machine the folder is closed.
write('users.acl', value('redis', 'users.acl'), 0o644)
write('signing-keys.json', value('auth', 'signing-keys.json'), 0o644)
write('keys.json', value('jwks', 'keys.json'), 0o644)

const { POSTGRES_TAG, REDIS_TAG, ENVOY_TAG, NODE_DEVELOPMENT_IMAGE } = versions()
const tag = execFileSync(join(root, 'kind/build-images.sh'), ['--tag']).toString().trim()
const settings = {
  TAG: process.env['TAG'] ?? tag,
  PORT: port,
  POSTGRES_TAG,
  REDIS_TAG,
  ENVOY_TAG,
  NODE_DEVELOPMENT_IMAGE,
}
const lines = Object.entries(settings).map(([name, setting]) => `${name}=${setting}\n`)
write('.env', lines.join(''), 0o600)
