import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { createTestFolder } from '../testing/test-folder.ts'
import { createBaseApp, refuseOtherMethods } from './base-app.ts'
import { referencePage } from './reference-page.ts'

const folder = createTestFolder()
const html = '<!doctype html><title>Reference</title>'

const lines: string[] = []
const log = createLog('test', 'info', line => void lines.push(line))

function appWith(name: string) {
  const file = pathToFileURL(join(folder, name))
  const app = createBaseApp({
    log,
    corsOrigins: [],
    mountFirst: first => referencePage(first, log, 'https://api.example.test', file),
  })
  refuseOtherMethods(app)
  return app
}
writeFileSync(join(folder, 'page.gz'), gzipSync(html))
const app = appWith('page.gz')
const gzip = { 'accept-encoding': 'gzip, br' }

test('sends the page compressed, under a policy of its own, and logs the request', async () => {
  const response = await app.request('/docs', { headers: gzip })
  expect(response.status).toBe(200)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-encoding': 'gzip',
    'content-security-policy': "connect-src 'self'; frame-ancestors 'none'",
    'strict-transport-security': expect.any(String),
    'x-content-type-options': 'nosniff',
    'x-request-id': expect.any(String),
    vary: 'accept-encoding',
  })
  expect(gunzipSync(await response.bytes()).toString()).toBe(html)
  expect(lines.at(-1)).toContain('/docs')
})

test('sends it uncompressed to a client that does not accept gzip, with another entity tag', async () => {
  const response = await app.request('/docs')
  expect(response.headers.has('content-encoding')).toBe(false)
  expect(await response.text()).toBe(html)
  const compressed = await app.request('/docs', { headers: gzip })
  expect(response.headers.get('etag')).not.toBe(compressed.headers.get('etag'))
})

test('responds with 304 to the entity tag that it has sent', async () => {
  const first = await app.request('/docs', { headers: gzip })
  const again = await app.request('/docs', {
    headers: { ...gzip, 'if-none-match': first.headers.get('etag') ?? '' },
  })
  expect(again.status).toBe(304)
})

test('rejects other methods', async () => {
  const response = await app.request('/docs', { method: 'POST' })
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe('GET, HEAD')
})

test('is read again after it was missing', async () => {
  const late = appWith('late.gz')
  expect((await late.request('/docs')).status).toBe(404)
  writeFileSync(join(folder, 'late.gz'), gzipSync(html))
  expect((await late.request('/docs')).status).toBe(200)
})

test('leaves the policy of every other response as it is', async () => {
  const response = await app.request('/docsabc', { headers: gzip })
  expect(response.status).toBe(404)
  expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
})
