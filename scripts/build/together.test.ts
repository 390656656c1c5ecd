import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createClient } from '../../functions/client/index.ts'
import { functionNames, functions } from '../../functions/registry.ts'
import { queryOnce } from '../../functions/shared/testing/database.ts'
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

const url = `http://127.0.0.1:${port}`
const readJson = async (path: string) => (await fetch(`${url}${path}`)).json()

test('one process serves every function, each with its own connections', async () => {
  // On a busy machine a young connection to Redis may miss the deadline of the first commands: degraded, and then ok.
  for (const name of functionNames)
    await expect.poll(() => readJson(`/${name}/health`), { timeout: 10_000 }).toMatchObject({ status: 'ok' })
  const rows = await queryOnce(
    ownerUrl,
    `select distinct usename from pg_stat_activity
     where datname = current_database() and usename like 'iod\\_%' order by usename`,
  )
  const roles = functions.map(({ databaseRole }) => databaseRole)
  expect(rows.map(({ usename }) => usename)).toEqual(roles.toSorted())
})

test('a visitor registers, reads the own profile and publishes', async () => {
  const account = { email: 'ada@example.com', username: 'ada', password: 'a long walk by the sea' }
  const api = createClient({ baseUrl: url })
  await api.register({ body: account })
  expect((await api.getOwnProfile()).data).toMatchObject({ username: 'ada' })
  const { slug } = (
    await api.createPost({ body: { title: 'A quiet harbour', body: 'The first boat left.' } })
  ).data
  expect((await api.getPost({ path: { slug } })).data).toMatchObject({ title: 'A quiet harbour' })
  // Each line says which function wrote it.
  const services = lines.map(line => JSON.parse(line).service)
  expect([...new Set(services)].toSorted()).toEqual(['together', ...functionNames].toSorted())
})

test('paths of no function are refused', async () => {
  const problem = { status: 404, code: 'not_found', instance: '/nothing' }
  expect(await readJson('/nothing?x=1')).toMatchObject(problem)
  expect((await fetch(`${url}/postsabc`)).status).toBe(404)
})

test('a variable that is missing is named with the function that needs it', async () => {
  const { POSTS_CURSOR_SECRET: _, ...incomplete } = environment
  await expect(startProgram(program, incomplete)).rejects.toThrow(
    'posts, whose variables begin with POSTS_: configuration: CURSOR_SECRET is missing',
  )
})
