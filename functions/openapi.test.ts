import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as auth from './auth/assemble.ts'
import { readConfig as readAuthConfig } from './auth/config.ts'
import * as posts from './posts/assemble.ts'
import { readConfig as readPostsConfig } from './posts/config.ts'
import * as profile from './profile/assemble.ts'
import { readConfig as readProfileConfig } from './profile/config.ts'
import type { Assembly } from './shared/http/serve.ts'
import { createLog } from './shared/log.ts'
import { unreachableEnvironment } from './shared/testing/unreachable-environment.ts'

const log = createLog('test', 'error', () => undefined)
const environment = unreachableEnvironment()

const document = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'docs', 'openapi.json'), 'utf8'))
const documented = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`),
)

it.each<[string, () => Promise<Assembly>]>([
  ['auth', () => auth.assemble(readAuthConfig(environment), log)],
  ['profile', () => profile.assemble(readProfileConfig(environment), log)],
  ['posts', () => posts.assemble(readPostsConfig(environment), log)],
])('the document has every route of %s and no other', async (name, assemble) => {
  const { app, closePostgres, closeRedis } = await assemble()
  const registered = app.routes
    .filter(({ method, path }) => method !== 'ALL' && path !== `/${name}/openapi.json`)
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect([...new Set(registered)].sort()).toEqual(
    documented.filter(operation => operation.split('/')[1] === name).sort(),
  )
  await closeRedis()
  await closePostgres()
})
