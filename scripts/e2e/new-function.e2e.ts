// docs/adding-a-function.md on the cluster of `make up`: a copy of the project makes a function, deploys it and removes it.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { untilAtZero } from '../cluster/at-zero.ts'
import { root } from '../cluster/command.ts'
import { get } from '../cluster/kubectl.ts'
import { psql } from '../cluster/psql.ts'
import { readSecret } from '../cluster/secret-data.ts'
import { changedFiles, copyProject, run } from '../new-function/test-project-copy.ts'
import { register } from './account.ts'
import { request } from './api.ts'

const folder = copyProject()
const make = (...parameters: readonly string[]) => run(folder, 'make', ...parameters)

beforeAll(() => cpSync(join(root, '.kube'), join(folder, '.kube'), { recursive: true }))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inDatabase = `select concat_ws(' ', to_regnamespace('media'), to_regrole('iod_media'), (
  select string_agg(name, ' ') from public.migrations where name like 'media/%'))`

/** Where the cluster knows a function media. Values of Secrets are only searched. */
async function tracesInCluster(): Promise<readonly string[]> {
  const redis = await readSecret('redis', 'iod')
  const found: Readonly<Record<string, boolean>> = {
    Service: (await get`services.serving.knative.dev media --namespace iod`) !== undefined,
    Secret: (await get`secret media --namespace iod`) !== undefined,
    password: 'MEDIA_DATABASE_PASSWORD' in (await readSecret('migrate', 'iod')),
    'user of Redis': redis['users.acl']?.includes('user iod_media ') === true,
    path: JSON.stringify(await get`ingresses.networking.internal.knative.dev api --namespace iod`).includes(
      '"path":"/media"',
    ),
    'schema, role, migrations': (await psql('iod', inDatabase)) !== '',
  }
  return Object.keys(found).filter(trace => found[trace])
}

test('a function that was made deploys with `make up`', async () => {
  expect(await tracesInCluster()).toEqual([])
  await make('function', 'NAME=media')
  const routes = join(folder, 'functions/media/items/routes.ts')
  const written = readFileSync(routes, 'utf8')
  writeFileSync(routes, written.replace("authentication: 'none'", "authentication: 'required'"))
  const output = await make('up')
  expect(output).toMatch(/passed: https:\S+\/media\/health is ok, with Postgres and Redis/)
  expect(output).not.toContain('FAILED')
  expect(await tracesInCluster()).toHaveLength(6)
})

test('one request over HTTPS with a token wakes it from zero', async ({ annotate }) => {
  const { token } = await register()
  await untilAtZero('serving.knative.dev/service=media')
  const startedMs = performance.now()
  const response = await request('GET', '/media/items', { token })
  await annotate(`media woke and responded in ${Math.round(performance.now() - startedMs)} ms`)
  expect(response.status, response.text).toBe(200)
  expect(response.json()).toEqual({ items: [{ id: expect.any(String), name: 'first' }] })
  expect((await request('GET', '/media/items')).status).toBe(401)
})

test('it leaves the checkout and the cluster without a trace', async () => {
  const removed = await make('remove-function', 'NAME=media')
  expect(await changedFiles(folder)).toEqual([])
  const command = 'make remove-function NAME=media ON=cluster'
  expect(removed).toContain(command)
  await expect(run(folder, ...command.split(' '))).rejects.toThrow('the host still leads to media')

  await make('up')
  await run(folder, ...command.split(' '))
  expect(await tracesInCluster()).toEqual([])
  expect((await request('GET', '/media/items')).status).toBe(404)
  expect((await request('GET', '/posts?limit=1')).status).toBe(200)
  expect(await changedFiles(folder)).toEqual([])
})
