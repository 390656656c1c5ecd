import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { functions } from './registry.ts'
import { createLog } from './shared/log.ts'
import { unreachableEnvironment } from './shared/testing/unreachable-environment.ts'

const log = createLog('test', 'error', () => undefined)
const environment = unreachableEnvironment()

const document = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'docs', 'openapi.json'), 'utf8'))
const documented = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`),
)

it.each(functions)('the document has every route of $name and no other', async ({ name, compose }) => {
  const { app, closePostgres, closeRedis } = await compose(environment, { log })
  const registered = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect([...new Set(registered)].sort()).toEqual(
    documented.filter(operation => operation.split('/')[1] === name).sort(),
  )
  await closeRedis()
  await closePostgres()
})
