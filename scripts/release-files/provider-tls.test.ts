import { randomUUID } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createCertificates } from '../../functions/shared/testing/certificates.ts'
import { queryOnce } from '../../functions/shared/testing/database.ts'
import { createPgBouncer } from '../../functions/shared/testing/pgbouncer.ts'
import { createPostgresServer } from '../../functions/shared/testing/postgres-server.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { isInstalled } from '../cluster/command.ts'
import { kindOf } from '../cluster/kubectl.ts'
import { readRendered } from '../manifests/rendered.ts'
import { secretsFor } from './secrets.ts'

// Servers of tests have any port, and its NetworkPolicies allow those of providers.
const production = readRendered('production').filter(object => kindOf(object) !== 'NetworkPolicy')
const redisUrl = 'rediss://redis.example.test:6380'

function secretsOf(databaseUrl: string, databaseAuthority?: string) {
  const { items } = secretsFor(production, { databaseUrl, redisUrl, databaseAuthority })
  return (name: string, key: string) => items.find(item => item.metadata.name === name)?.stringData[key] ?? ''
}

describe('PgBouncer and the exporter do with TLS what the migration does', () => {
  test.each([
    ['', undefined],
    ['disable', 'disable'],
    ['no-verify', 'require'],
    ['prefer', 'verify-full'],
    ['require', 'verify-full'],
    ['verify-ca', 'verify-full'],
    ['verify-full', 'verify-full'],
  ])('sslmode=%s in the URL', (mode, expected) => {
    const query = mode === '' ? '' : `?sslmode=${mode}`
    const secret = secretsOf(`postgres://owner:secret@db.example.test/main${query}`)
    const settings = [
      ...(expected === undefined ? [] : [`server_tls_sslmode = ${expected}\n`]),
      ...(expected === 'verify-full' ? ['server_tls_ca_file = /etc/ssl/certs/ca-certificates.crt\n'] : []),
    ]
    expect(secret('pgbouncer', 'databases.ini')).toBe(
      `${settings.join('')}[databases]\niod = host=db.example.test port=5432 dbname=main\n`,
    )
    const { searchParams } = new URL(secret('postgres-exporter', 'DATA_SOURCE_NAME'))
    expect(searchParams.get('sslmode') ?? undefined).toBe(expected)
  })

  test('an authority of the provider comes with the Secrets of each', () => {
    const secret = secretsOf('postgres://owner:secret@db.example.test/main', 'the certificates')
    expect(secret('migrate', 'DATABASE_CA')).toBe('the certificates')
    for (const name of ['pgbouncer', 'postgres-exporter'])
      expect(secret(name, 'ca.crt')).toBe('the certificates')
    expect(secret('pgbouncer', 'databases.ini')).toContain(
      'server_tls_ca_file = /run/secrets/pgbouncer/ca.crt\n[databases]',
    )
    expect(new URL(secret('postgres-exporter', 'DATA_SOURCE_NAME')).search).toBe(
      '?sslmode=verify-full&sslrootcert=%2Frun%2Fsecrets%2Fpostgres-exporter%2Fca.crt',
    )
    // Between a function and PgBouncer there is no TLS.
    expect(secret('posts', 'DATABASE_CA')).toBe('')
  })
})

// `describe.runIf` would start its Postgres in any case.
if (isInstalled('pgbouncer')) describe('a real PgBouncer with these settings', withPgBouncer)

async function withPgBouncer(): Promise<void> {
  const { authority, otherAuthority, certificateFile, keyFile } = createCertificates()
  const server = await createPostgresServer([
    'ssl=on',
    `ssl_cert_file=${certificateFile}`,
    `ssl_key_file=${keyFile}`,
  ])
  const password = 'of-this-test'
  await queryOnce(server.url('postgres'), `create role iod_posts login password '${password}'`)
  const folder = createTestFolder()
  chmodSync(folder, 0o755)

  async function createBouncer(host: string, certificates: string) {
    const file = join(folder, randomUUID())
    writeFileSync(file, certificates)
    const secret = secretsOf(`postgres://owner:secret@${host}:${server.port}/postgres`, certificates)
    return createPgBouncer({
      port: server.port,
      passwords: { iod_posts: password },
      databases: secret('pgbouncer', 'databases.ini').replace('/run/secrets/pgbouncer/ca.crt', file),
    })
  }

  const verified = await createBouncer('localhost', authority)
  const ofAnotherAuthority = await createBouncer('localhost', otherAuthority)
  const ofAnotherName = await createBouncer('127.0.0.1', authority)

  const encryption = (bouncer: { readonly port: number } | undefined) =>
    queryOnce(
      `postgres://iod_posts:${password}@127.0.0.1:${bouncer?.port}/iod`,
      'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
    )

  test('encrypts, and accepts the server that the authority names', async () => {
    expect(await encryption(verified)).toEqual([{ ssl: true }])
  })

  test.each([
    ['another authority', ofAnotherAuthority],
    ['another name', ofAnotherName],
  ])('sends no query to a server of %s', async (_, bouncer) => {
    await expect(encryption(bouncer)).rejects.toThrow()
  })
}
