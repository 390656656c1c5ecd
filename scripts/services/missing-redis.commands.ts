import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { createClient } from '../../functions/client/index.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'
import { startDev } from '../dev/test-dev.ts'
import { findFreePort } from './free-port.ts'

const folder = createTestFolder()

// A machine without Redis, Docker, apt-get and sudo: all that is left is what the servers are started with.
const PATH = join(folder, 'bin')
mkdirSync(PATH)
for (const program of ['sh', 'setpriv', 'rm']) {
  const file = ['/bin', '/usr/bin'].map(place => join(place, program)).find(existsSync)
  if (file !== undefined) symlinkSync(file, join(PATH, program))
}
const dataFolder = join(folder, 'data')
const remedy = 'put redis-server or valkey-server on PATH, or start Docker, then start again.'

test('make dev runs without Redis, and says what is missing', async () => {
  const port = await findFreePort()
  const dev = await startDev({ dataFolder, port, environment: { PATH } })
  onTestFinished(async () => void (await dev.kill('SIGINT')))
  const lines = dev.output.split('\n').filter(line => line.startsWith('Redis is missing'))
  expect(lines).toEqual([expect.stringContaining(remedy)])

  const url = `http://localhost:${port}`
  const api = createClient({ baseUrl: url })
  const account = { email: 'ada@example.com', username: 'ada', password: 'a long walk by the sea' }
  await api.register({ body: account })
  const { slug } = (await api.createPost({ body: { title: 'Hello', body: 'Without Redis' } })).data
  expect((await api.getPost({ path: { slug } })).data).toMatchObject({ title: 'Hello' })
  const health = await fetch(`${url}/posts/health`)
  expect(health.status).toBe(200)
  expect(await health.json()).toMatchObject({ status: 'degraded', checks: { redis: { status: 'down' } } })
  expect(await dev.kill('SIGINT')).toBe(0)
}, 60_000)

test('make dev uses the Redis that REDIS_URL names, and looks for none', async () => {
  const [port, redisPort] = [await findFreePort(), await findFreePort()]
  const environment = { PATH, REDIS_URL: `redis://127.0.0.1:${redisPort}` }
  // The database of the test before is a start like any other, and faster.
  const dev = await startDev({ dataFolder, port, environment })
  onTestFinished(async () => void (await dev.kill('SIGINT')))
  expect(dev.output).not.toContain('Redis is missing')
  expect((await fetch(`http://localhost:${port}/posts?limit=1`)).status).toBe(200)
}, 60_000)

test('make test names what is missing in one line, and fails', async () => {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const config = join(root, 'scripts', 'vitest.config.ts')
  const run = promisify(execFile)(process.execPath, [vitest, 'run', '--config', config, 'scripts/layers'], {
    cwd: root,
    env: { ...process.env, PATH },
  })
  const failure = await run.then(
    () => undefined,
    (error: { code: number; stderr: string }) => error,
  )
  expect(failure).toMatchObject({ code: 1, stderr: `Redis is missing, and the tests need it: ${remedy}\n` })
}, 60_000)
