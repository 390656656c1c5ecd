import { createServer } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { outcomeOf } from '../../scripts/cluster/test-programs.ts'
import { listen } from '../../scripts/services/free-port.ts'
import { createEmptyDatabase, createTestDatabase } from '../shared/testing/database.ts'
import { archiveNameOf } from './archive-names.ts'

const migrated = await createTestDatabase()
const empty = await createEmptyDatabase()

const objects = new Map<string, Buffer>()
let damages = false
beforeEach(() => {
  objects.clear()
  damages = false
})

/** As much of S3 as an archive of a single part needs. */
const bucket = createServer(async (request, response) => {
  const key = new URL(request.url ?? '', 'http://bucket').pathname.replace(/^\/archives\/?/, '')
  const listed = [...objects.keys()].map(name => `<Contents><Key>${name}</Key></Contents>`)
  if (request.method === 'PUT') objects.set(key, await buffer(request))
  if (request.method === 'DELETE') objects.delete(key)
  if (request.method !== 'GET') return response.end()
  const content = objects.get(key)?.subarray(damages ? 100 : 0)
  return response.end(content ?? `<ListBucketResult>${listed.join('')}</ListBucketResult>`)
})
const port = await listen(bucket)
afterAll(() => void bucket.close())

function runCronJob({ ownerUrl }: { readonly ownerUrl: string }) {
  const env = {
    DATABASE_URL: ownerUrl,
    BACKUP_NAME: 'test',
    BACKUP_BUCKET: 'archives',
    BACKUP_ENDPOINT: `http://127.0.0.1:${port}`,
    BACKUP_KEEP: '1',
    ACCESS_KEY_ID: 'of-a-test',
    ACCESS_SECRET_KEY: 'of-a-test',
  }
  return outcomeOf(process.execPath, [join(import.meta.dirname, 'main.ts')], { env })
}

test('the CronJob writes an archive and removes an expired one', async () => {
  const old = archiveNameOf('test', new Date(0))
  objects.set(old, Buffer.from('old'))
  const { code, text } = await runCronJob(migrated)
  expect(code, text).toBe(0)
  expect([...objects.keys()]).toEqual([expect.stringMatching(/^iod-test-\d{8}T\d{6}Z\.tar\.zst$/)])
  expect(objects.has(old)).toBe(false)
})

test('an archive that cannot be read again does not stay, and takes the place of no other', async () => {
  const old = archiveNameOf('test', new Date(0))
  objects.set(old, Buffer.from('old'))
  damages = true
  const { code, text } = await runCronJob(migrated)
  expect([code, text]).toEqual([1, expect.stringContaining('backup failed')])
  expect([...objects.keys()]).toEqual([old])
})

test('a backup that fails leaves nothing', async () => {
  const { code, text } = await runCronJob(empty)
  expect([code, text]).toEqual([1, expect.stringContaining('was never migrated')])
  expect([...objects.keys()]).toEqual([])
})
