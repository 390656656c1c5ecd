import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { functionNames } from '../../functions/registry.ts'
import { isInstalled } from '../cluster/command.ts'
import { changedFiles, copyProject, run, startDev } from './test-project-copy.ts'

// docs/adding-a-function.md: `make function NAME=media` in a copy of the project where `make dev` runs, then `make remove-function NAME=media`.
const timeoutMs = 400_000
const options = { timeout: timeoutMs }
const [first = ''] = functionNames
const longer = `${first}ors`
const folder = copyProject()
const read = (path: string) => readFileSync(join(folder, path), 'utf8')
const registered = read('functions/registry.ts').split('\n')
let dev: Awaited<ReturnType<typeof startDev>>
let output = ''

const statusOf = (path: string) =>
  fetch(`${dev.url}${path}`).then(
    response => response.status,
    () => 'starting',
  )

const untilStatus = (path: string, status: number) =>
  expect.poll(() => statusOf(path), { timeout: 60_000, interval: 100 }).toBe(status)

beforeAll(async () => {
  dev = await startDev(folder)
  expect(await statusOf('/media/items')).toBe(404)
  output = await run(folder, 'make', 'function', 'NAME=media')
}, timeoutMs)
afterAll(async () => {
  await dev.stop()
  rmSync(folder, { recursive: true, force: true })
}, timeoutMs)

test('is a folder, a line, a manifest and a section, beside what is derived', async () => {
  const changed = await changedFiles(folder)
  const derived =
    /^README\.md$|^functions\/client\/|^docs\/(?:openapi\.json|schema\.sql)$|^knative\/(?!functions\/media)/
  const outside = changed.filter(path => !path.startsWith('functions/media/') && !derived.test(path))
  expect(outside.toSorted()).toEqual([
    'docs/growth.md',
    'functions/registry.ts',
    'knative/functions/media.yaml',
  ])
  expect(changed.filter(path => path.endsWith('.sql') && !derived.test(path))).toHaveLength(1)
  expect(read('functions/registry.ts').split('\n')).toHaveLength(registered.length + 1)
  expect(read('knative/functions/media.yaml').split('\n').length).toBeLessThan(20)
  expect(output).toContain('make remove-function NAME=media')
})

test('appears in the running `make dev`', options, async () => {
  await untilStatus('/media/items', 200)
  const response = await fetch(`${dev.url}/media/items`)
  expect(await response.json()).toEqual({ items: [{ id: expect.any(String), name: 'first' }] })
  expect(await statusOf('/media/health')).toBe(200)
  expect(await statusOf('/posts?limit=1')).toBe(200)
  expect(await (await fetch(`${dev.url}/nothing`)).json()).toMatchObject({
    detail: expect.stringContaining('/media'),
  })
})

test('passes `make verify`, and its own tests with those of all functions', options, async () => {
  await run(folder, 'make', 'verify')
  const files = ['functions/media', ...ofAll].join(' ')
  expect(await run(folder, 'make', 'test', `FILES=${files}`)).toContain('passed')
})

/** What reads the registry. CI runs all others with the functions that are there. */
const ofAll = [
  'functions/whole-system-tests/growth.test.ts',
  'functions/openapi',
  'functions/whole-system-tests/queries.test.ts',
  'functions/migrate/privileges.test.ts',
  'scripts/documents',
  'scripts/manifests',
  'scripts/registry',
]

test('is built, warmed up and migrated', options, async () => {
  await run(folder, 'node', 'scripts/build/build.ts')
  for (const file of ['main.cjs', 'cached.cjs', 'openapi.json', 'NOTICES.txt', 'LICENSE'])
    expect(existsSync(join(folder, 'dist/media', file)), file).toBe(true)
  expect(JSON.parse(read('dist/warm-up/media.json'))).toMatchObject({
    environment: { DATABASE_URL: expect.any(String), JWKS: expect.any(String) },
    requests: [{ path: '/healthz' }, { path: '/media/items' }],
  })
  const migration = (await changedFiles(folder)).find(path => path.startsWith('functions/media/migrations/'))
  expect(existsSync(join(folder, 'dist/migrate', migration ?? ''))).toBe(true)
})

test('gets a container of compose', options, async () => {
  const program =
    "import { functionServices } from './scripts/compose/services.ts'; console.log(JSON.stringify(functionServices()))"
  const { services } = JSON.parse(await run(folder, 'node', '--input-type=module', '--eval', program))
  expect(services).toMatchObject({
    media: { env_file: '.data/compose/media.env' },
    proxy: { depends_on: expect.arrayContaining(['media']) },
  })
})

test('is rendered within the connection budget of every overlay', options, async t => {
  if (!isInstalled('kubectl')) return t.skip('kubectl is not installed')
  const rendered = read('knative/rendered/kind.yaml')
  expect(rendered).toContain('path: /media')
  expect(rendered).toContain('image: registry.example.test/iod-media:release')
  const program = `
    import { connectionBudgets } from './scripts/manifests/budget.ts'
    import { overlays, readOverlay } from './scripts/manifests/rendered.ts'
    import { isFunction, nameOf } from './scripts/manifests/rules.ts'
    console.log(JSON.stringify(overlays.map(overlay => {
      const objects = readOverlay(overlay)
      return { overlay, names: objects.filter(isFunction).map(nameOf), budgets: connectionBudgets(objects) }
    })))`
  const found = JSON.parse(await run(folder, 'node', '--input-type=module', '--eval', program))
  for (const { overlay, names, budgets } of found) {
    expect(names, overlay).toContain('Service media')
    for (const { wanted, allowed } of budgets) expect(wanted, overlay).toBeLessThanOrEqual(allowed)
  }
})

test.each(['media', ''])('another one named "%s" is refused', options, async name => {
  await expect(run(folder, 'make', 'function', `NAME=${name}`)).rejects.toThrow('Refused: ')
})

test.each([first, 'shared', '../docs'])('%s cannot be removed', options, async name => {
  await expect(run(folder, 'make', 'remove-function', `NAME=${name}`)).rejects.toThrow('Refused: ')
})

test('is removed without a trace, also in the running `make dev`', options, async () => {
  await run(folder, 'make', 'remove-function', 'NAME=media')
  // Without kubectl nothing was rendered, and nothing is.
  expect(await changedFiles(folder)).toEqual([])
  await untilStatus('/media/items', 404)
  // A busy machine sees the removal in parts, and `make dev` reloads for each.
  await untilStatus('/posts?limit=1', 200)
  // The number of its migration is free again, in the database too. Its path begins like that of another function.
  await run(folder, 'make', 'function', `NAME=${longer}`)
  await untilStatus(`/${longer}/items`, 200)
  expect(await statusOf(`/${first}/health`)).toBe(200)
})

test('a removal that was stopped goes on where it stopped', options, async () => {
  const removing = spawn('node', ['scripts/new-function/remove.ts'], {
    ...{ cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] as const },
    env: { ...process.env, NAME: longer },
  })
  for await (const line of createInterface(removing.stdout))
    if (line.includes('are gone')) removing.kill('SIGINT')
  expect(await changedFiles(folder)).not.toEqual([])
  await run(folder, 'make', 'remove-function', `NAME=${longer}`)
  expect(await changedFiles(folder)).toEqual([])
})
