import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestTokens } from '../../scripts/secrets/access-tokens.ts'
import { newSigningKey } from '../../scripts/secrets/signing-keys.ts'
import { environmentOf, type Target } from '../environment-of.ts'
import { functions } from '../registry.ts'
import type { HttpApp } from '../shared/http/context.ts'
import { AccountIdSchema, SessionIdSchema } from '../shared/ids.ts'
import { createLog } from '../shared/log.ts'
import type { DocumentedOperation } from '../shared/openapi/documented-operation.ts'
import { createTestDatabase } from '../shared/testing/database.ts'
import { unreachableTarget } from '../unreachable-target.ts'

const key = newSigningKey()
const tokens = createTestTokens({ issuer: 'http://localhost', audience: 'http://localhost' }, key)
const log = createLog('test', 'error', () => undefined)
const operations = (await Promise.all(functions.map(({ loadOperations }) => loadOperations()))).flat()
const apps = new Map<string, HttpApp>()
let authorization = ''

beforeAll(async () => {
  const { urlOf } = await createTestDatabase()
  const target: Target = {
    ...unreachableTarget,
    settings: { ...unreachableTarget.settings, DATABASE_POOL_SIZE: '2' },
    databaseUrl: role => urlOf[role],
    privateKeys: JSON.stringify({ keys: [key] }),
    publicKeys: JSON.stringify({ keys: [tokens.jwk] }),
  }
  for (const definition of functions) {
    const { name, compose } = definition
    const { app, closePostgres, closeRedis } = await compose(environmentOf(definition, target), { log })
    apps.set(name, app)
    afterAll(async () => {
      await closeRedis()
      await closePostgres()
    })
  }
  const actor = {
    accountId: v.parse(AccountIdSchema, randomUUID()),
    sessionId: v.parse(SessionIdSchema, randomUUID()),
    role: 'user' as const,
  }
  authorization = `Bearer ${await tokens.sign(actor)}`
})

const parametersOf = ({ query }: DocumentedOperation): readonly string[] =>
  query === undefined
    ? []
    : Object.keys(v.parse(v.looseObject({ entries: v.looseObject({}) }), query).entries)

async function ask({ method, path }: DocumentedOperation, query: string) {
  const app = apps.get(path.split('/')[1] ?? '')
  if (app === undefined) throw new Error(`no app for ${path}`)
  const response = await app.request(`${path.replaceAll(/\{\w+\}/g, 'a-name')}?${query}`, {
    method: method.toUpperCase(),
    headers: { authorization, 'content-type': 'application/json', 'if-match': '"1"' },
    ...(['post', 'put', 'patch'].includes(method) && { body: '{}' }),
  })
  const { status } = response
  return { status, text: await response.text(), code: response.headers.get('content-type') }
}

const refused = (path: string, message: string) => ({
  status: 400,
  text: expect.stringContaining(`{"path":"${path}","message":"${message}"}`),
  code: 'application/problem+json',
})

describe.each(operations.map(operation => [`${operation.method} ${operation.path}`, operation] as const))(
  '%s',
  (_, operation) => {
    test('refuses a parameter that it does not know', async () => {
      const answer = await ask(operation, 'nope=1')
      expect(answer).toMatchObject({ status: 400, code: 'application/problem+json' })
      expect(answer.text).toContain('"path":"nope"')
    })

    test('refuses a parameter without a name', async () => {
      for (const query of ['=', '=x', 'limit=1&=x'])
        expect(await ask(operation, query)).toEqual(refused('=', 'must follow the name of a parameter'))
    })

    test('refuses what cannot be decoded', async () => {
      for (const query of ['%', 'limit=%zz', 'limit=%ff', 'q=%00']) {
        expect(await ask(operation, query)).toMatchObject({ status: 400, code: 'application/problem+json' })
      }
    })

    for (const parameter of parametersOf(operation)) {
      test(`refuses an empty ${parameter}, and one that is sent twice`, async () => {
        expect(await ask(operation, `${parameter}=`)).toEqual(refused(parameter, 'must not be empty'))
        expect(await ask(operation, parameter)).toEqual(refused(parameter, 'must not be empty'))
        expect(await ask(operation, `${parameter}=1&${parameter}=2`)).toEqual(
          refused(parameter, 'must be sent once'),
        )
      })
    }
  },
)

test('thousands of unknown parameters are answered by a short list', async () => {
  const query = Array.from({ length: 3_000 }, (_, n) => `p${n}=`).join('&')
  for (const operation of operations) expect((await ask(operation, query)).text.length).toBeLessThan(4_000)
})

test.each([
  ['repeated', 'html,html'],
  ['of thousands', Array.from({ length: 1_700 }, () => 'html').join()],
  ['of commas', ','.repeat(15_000)],
])('fields %s are refused in few bytes', async (_, fields) => {
  const list = operations.find(({ documentation }) => documentation.operationId === 'listPosts')
  if (list === undefined) throw new Error('no list')
  const answer = await ask(list, `fields=${fields}`)
  expect(answer).toMatchObject({ status: 400 })
  expect(answer.text.length).toBeLessThan(1_000)
})
