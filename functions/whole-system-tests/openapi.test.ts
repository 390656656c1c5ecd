import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parametersOf } from '../../scripts/openapi/schemas.ts'
import { environmentOf } from '../environment-of.ts'
import { functions } from '../registry.ts'
import { createLog } from '../shared/log.ts'
import { unreachableTarget } from '../unreachable-target.ts'

const log = createLog('test', 'error', () => undefined)

const document = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'openapi.json'), 'utf8'),
)
const documented = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`),
)

it.each(functions)('the document has every route of $name and no other', async definition => {
  const { name, compose } = definition
  const { app, closePostgres, closeRedis } = await compose(environmentOf(definition, unreachableTarget), {
    log,
  })
  const registered = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect([...new Set(registered)].sort()).toEqual(
    documented.filter(operation => operation.split('/')[1] === name).sort(),
  )
  await closeRedis()
  await closePostgres()
})

it.each(functions)(
  'every operation of $name describes exactly the parameters of its path',
  async definition => {
    for (const { path, pathParameters } of await definition.loadOperations()) {
      const described = parametersOf('path', pathParameters).map(({ name }) => name)
      expect(described, path).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
    }
  },
)
