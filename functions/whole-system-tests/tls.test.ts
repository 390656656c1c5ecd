import { PassThrough } from 'node:stream'
import { afterAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { findFreePort } from '../../scripts/services/free-port.ts'
import { startRedis } from '../../scripts/services/redis.ts'
import { requireRedis } from '../../scripts/services/redis-program.ts'
import { redisPasswordsFrom } from '../../scripts/services/redis-users.ts'
import { writeArchive } from '../backup/archive.ts'
import { dump } from '../backup/dump.ts'
import { withClient } from '../migrate/with-client.ts'
import { createLog } from '../shared/log.ts'
import { openDatabase } from '../shared/postgres/database.ts'
import { openRedis } from '../shared/redis/client.ts'
import { createCertificates } from '../shared/testing/certificates.ts'
import { createPostgresServer } from '../shared/testing/postgres-server.ts'
import { createTestFolder } from '../shared/testing/test-folder.ts'

const { authority, otherAuthority, certificateFile, keyFile } = createCertificates()

describe('Postgres', async () => {
  const server = await createPostgresServer([
    'ssl=on',
    `ssl_cert_file=${certificateFile}`,
    `ssl_key_file=${keyFile}`,
  ])
  const named = server.url('postgres').replace('127.0.0.1', 'localhost')
  const query = async (url: string, ca: string) => {
    const log = createLog('test', 'error', () => undefined)
    const database = await openDatabase({ url, authority: ca, poolSize: 1, log })
    onTestFinished(() => database.close())
    return database.query({ name: '', text: 'select ssl from pg_stat_ssl where pid = pg_backend_pid()' })
  }
  /** A busy machine may take longer for a handshake than a connection may: that says nothing about the certificate. */
  const expectRefusal = (url: string, ca: string, code: string) =>
    vi.waitFor(
      () => expect(query(url, ca)).rejects.toMatchObject({ code: 'unavailable', cause: { code } }),
      10_000,
    )

  test.each(['', '?sslmode=verify-full', '?sslmode=disable'])(
    'is spoken to over TLS, to a server that the authority names: %s',
    async mode => expect(await query(`${named}${mode}`, authority)).toEqual([{ ssl: true }]),
  )

  test('is refused with a certificate of another authority', () =>
    expectRefusal(named, otherAuthority, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'))

  test('is refused with a certificate for another name', () =>
    expectRefusal(server.url('postgres'), authority, 'ERR_TLS_CERT_ALTNAME_INVALID'))

  test('is refused without TLS', () =>
    expect(query(inject('services').postgresUrl, authority)).rejects.toMatchObject({ code: 'unavailable' }))

  test('is spoken to in the same way by the migrations', async () => {
    expect(
      await withClient(named, async client => (await client.query('select 1 as n')).rows, authority),
    ).toEqual([{ n: 1 }])
    await expect(withClient(named, async () => undefined, otherAuthority)).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    })
  })

  test('is spoken to in the same way by the backup', async () => {
    const dumpWith = (ca: string) =>
      dump({ databaseUrl: named, authority: ca, version: '1', archive: writeArchive(new PassThrough()) })
    await expect(dumpWith(authority)).rejects.toThrow('never migrated')
    await expect(dumpWith(otherAuthority)).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
  })
})

describe('Redis', async () => {
  const folder = createTestFolder()
  const port = await findFreePort()
  const server = await startRedis({
    program: requireRedis(() => undefined),
    folder,
    port,
    passwordOf: redisPasswordsFrom('the secret of this test'),
    settings: [
      'save ""',
      'port 0',
      `tls-port ${port}`,
      `tls-cert-file ${certificateFile}`,
      `tls-key-file ${keyFile}`,
      'tls-auth-clients no',
      `tls-ca-cert-file ${certificateFile}`,
    ],
  })
  afterAll(() => server.stop())
  const addressed = server.urlOf('iod_posts').replace('redis:', 'rediss:')
  const named = addressed.replace('127.0.0.1', 'localhost')

  async function open(url: string, ca: string) {
    const lines: string[] = []
    const redis = await openRedis({
      url,
      authority: ca,
      log: createLog('test', 'warn', line => lines.push(line)),
      commandTimeoutMs: 10_000,
    })
    onTestFinished(redis.close)
    return { lines, redis }
  }

  test('is spoken to over TLS, to a server that the authority names', async () => {
    const { redis } = await open(named, authority)
    await vi.waitFor(async () => expect(await redis.attempt(commands => commands.ping())).toBe('PONG'), 5_000)
  })

  test.each([
    ['of another authority', named, otherAuthority, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['for another name', addressed, authority, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('is refused with a certificate %s, and done without', async (_, url, ca, code) => {
    const { lines, redis } = await open(url, ca)
    await vi.waitFor(() => expect(lines.join()).toContain(code), 5_000)
    expect(await redis.attempt(commands => commands.ping())).toBeUndefined()
  })
})
