import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as auth from './auth/compose.ts'
import { readConfig as readAuthConfig } from './auth/config.ts'
import * as posts from './posts/compose.ts'
import { readConfig as readPostsConfig } from './posts/config.ts'
import * as profile from './profile/assemble.ts'
import { readConfig as readProfileConfig } from './profile/config.ts'
import type { CommonConfig } from './shared/config.ts'
import { type Connections, openConnections } from './shared/connections.ts'
import type { Assembly } from './shared/http/serve.ts'
import { createLog, type Log } from './shared/log.ts'
import { unreachableEnvironment } from './shared/testing/unreachable-environment.ts'

const log = createLog('test', 'error', () => undefined)
const environment = unreachableEnvironment()

const document = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'docs', 'openapi.json'), 'utf8'))
const documented = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`),
)

async function connect<Config extends CommonConfig>(
  config: Config,
  assemble: (config: Config, log: Log, connections: Connections) => Promise<Assembly>,
): Promise<Assembly> {
  return assemble(config, log, await openConnections(config, log))
}

it.each<[string, () => Promise<Assembly>]>([
  ['auth', () => connect(readAuthConfig(environment), auth.assemble)],
  ['profile', () => connect(readProfileConfig(environment), profile.assemble)],
  ['posts', () => connect(readPostsConfig(environment), posts.assemble)],
])('the document has every route of %s and no other', async (name, assemble) => {
  const { app, closePostgres, closeRedis } = await assemble()
  const registered = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect([...new Set(registered)].sort()).toEqual(
    documented.filter(operation => operation.split('/')[1] === name).sort(),
  )
  await closeRedis()
  await closePostgres()
})
