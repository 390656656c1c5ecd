import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import { isInstalled } from '../cluster/command.ts'
import { findFreePort } from '../services/free-port.ts'
import { addMedia, copyProject, run } from './project-copy.ts'

// A fourth function with one route, in a copy of the project: its folder with a migration, one line, one manifest file.
const folder = copyProject()
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const timeoutMs = 60_000
const read = (path: string) => readFileSync(join(folder, path), 'utf8')
const registered = read('functions/registry.ts').split('\n')
const written = addMedia(folder)

test('is a folder, a line and a manifest', () => {
  const outside = written.filter(path => !path.startsWith('functions/media/'))
  expect(outside).toEqual(['functions/registry.ts', 'knative/functions/media.yaml'])
  expect(written.filter(path => path.endsWith('.sql'))).toHaveLength(1)
  expect(read('functions/registry.ts').split('\n')).toHaveLength(registered.length + 1)
  expect(read('knative/functions/media.yaml').split('\n').length).toBeLessThan(20)
})

test('type-checks without any other change', {
  timeout: timeoutMs,
}, async () => {
  await run(folder, 'node', 'node_modules/typescript-7/bin/tsc')
})

test('is documented, built, warmed up and migrated', { timeout: timeoutMs }, async () => {
  await run(folder, 'node', 'scripts/openapi.ts')
  const { paths, tags, components } = JSON.parse(read('docs/openapi.json'))
  expect(paths['/media/formats'].get).toMatchObject({ operationId: 'listMediaFormats', tags: ['media'] })
  expect(tags).toContainEqual({ name: 'media', description: 'Images of posts.' })
  expect(components.schemas).toHaveProperty('MediaFormats')

  await run(folder, 'node', 'scripts/build.ts')
  for (const file of ['main.cjs', 'cached.cjs', 'openapi.json', 'NOTICES.txt', 'LICENSE'])
    expect(existsSync(join(folder, 'dist/media', file)), file).toBe(true)
  expect(JSON.parse(read('dist/warm-up/media.json'))).toMatchObject({
    environment: { DATABASE_URL: expect.any(String), MEDIA_URL_SECRET: expect.any(String) },
    requests: [{ path: '/healthz' }, { path: '/media/formats' }],
  })
  const migration = written.find(path => path.endsWith('.sql')) ?? ''
  expect(existsSync(join(folder, 'dist/migrate', migration))).toBe(true)
})

test('gets Secrets and a container of compose', { timeout: timeoutMs }, async () => {
  await run(folder, 'node', 'scripts/secrets.ts', 'secrets.json', 'iod')
  const { items } = JSON.parse(read('secrets.json'))
  const secrets = new Map(items.map((item: { metadata: { name: string } }) => [item.metadata.name, item]))
  expect(secrets.get('media')).toMatchObject({ stringData: { MEDIA_URL_SECRET: expect.any(String) } })
  expect(secrets.get('migrate')).toMatchObject({
    stringData: { MEDIA_DATABASE_PASSWORD: expect.any(String) },
  })
  expect(JSON.stringify(secrets.get('redis'))).toContain('user iod_media on')
  const program =
    "import { functionServices } from './scripts/compose/services.ts'; console.log(JSON.stringify(functionServices()))"
  const { services } = JSON.parse(await run(folder, 'node', '--input-type=module', '--eval', program))
  expect(services).toMatchObject({
    media: { env_file: '.data/compose/media.env' },
    proxy: { depends_on: expect.arrayContaining(['media']) },
  })
})

test('is rendered within the connection budget of every overlay', {
  timeout: timeoutMs,
}, async t => {
  if (!isInstalled('kubectl')) return t.skip('kubectl is not installed')
  await run(folder, 'node', 'scripts/manifests/render.ts')
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

test('answers in `make dev`, on the port of the others', { timeout: timeoutMs }, async () => {
  const port = await findFreePort()
  const env = { ...process.env, PORT: String(port), DATA_FOLDER: join(folder, '.data') }
  const dev = spawn(process.execPath, [join(folder, 'scripts/dev.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(dev, 'exit')
  try {
    for await (const line of createInterface(dev.stdout)) if (line.includes('Ctrl-C')) break
    const response = await fetch(`http://localhost:${port}/media/formats`)
    expect(await response.json()).toEqual({ items: ['avif', 'webp'] })
    expect((await fetch(`http://localhost:${port}/posts?limit=1`)).status).toBe(200)
    expect((await fetch(`http://localhost:${port}/media/health`)).status).toBe(200)
    expect(await (await fetch(`http://localhost:${port}/nothing`)).json()).toMatchObject({
      detail: expect.stringContaining('/media'),
    })
  } finally {
    dev.kill('SIGTERM')
    await exited
  }
})
