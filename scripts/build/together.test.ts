import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { functionNames, functions } from '../../functions/registry.ts'
import { startProgram } from '../../functions/shared/testing/function-process.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { createTestTarget } from '../../functions/whole-system-tests/test-backend.ts'
import { togetherEnvironment, togetherProgram } from './together.ts'

const folder = createTestFolder()
const program = join(folder, 'main.ts')
writeFileSync(program, togetherProgram())

const { target, ownerUrl } = await createTestTarget('https://api.test')
const environment = togetherEnvironment({ ...target, settings: { ...target.settings, PORT: '0' } })
const { port, lines } = await startProgram(program, environment)

async function call(path: string, options: { readonly token?: string; readonly body?: unknown } = {}) {
  const { token, body } = options
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

test('one process serves every function, each with its own connections', async () => {
  // On a busy machine a young connection to Redis may miss the deadline of the first commands: degraded, and then ok.
  for (const name of functionNames)
    await expect
      .poll(() => call(`/${name}/health`), { timeout: 10_000 })
      .toMatchObject({ status: 200, body: { status: 'ok' } })
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  const { rows } = await client.query(
    'select distinct usename from pg_stat_activity where datname = current_database() and usename like $1',
    ['iod\\_%'],
  )
  await client.end()
  expect(rows.map(({ usename }) => usename).toSorted()).toEqual(
    functions.map(({ databaseRole }) => databaseRole).toSorted(),
  )
})

test('a visitor registers, reads the own profile and publishes', async () => {
  const account = { email: 'ada@example.com', username: 'ada', password: 'a long walk by the sea' }
  const registered = await call('/auth/register', { body: account })
  expect(registered.status).toBe(201)
  const { accessToken: token } = v.parse(v.object({ accessToken: v.string() }), registered.body)
  expect(await call('/profile', { token })).toMatchObject({ status: 200, body: { username: 'ada' } })
  const post = { title: 'A quiet harbour', body: 'The first boat left.' }
  expect((await call('/posts', { token, body: post })).status).toBe(201)
  expect(await call('/posts/a-quiet-harbour')).toMatchObject({ status: 200, body: { title: post.title } })
  // Each line says which function wrote it.
  const services = lines.map(line => JSON.parse(line).service)
  expect([...new Set(services)].toSorted()).toEqual(['together', ...functionNames].toSorted())
})

test('paths of no function are refused', async () => {
  expect(await call('/nothing?x=1')).toMatchObject({
    status: 404,
    body: { code: 'not_found', instance: '/nothing' },
  })
  expect((await call('/postsabc')).status).toBe(404)
})

test('a variable that is missing is named with the function that needs it', async () => {
  const { POSTS_CURSOR_SECRET: _, ...incomplete } = environment
  await expect(startProgram(program, incomplete)).rejects.toThrow(
    'posts, whose variables begin with POSTS_: configuration: CURSOR_SECRET is missing',
  )
})
