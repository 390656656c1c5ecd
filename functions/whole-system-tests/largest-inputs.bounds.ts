import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestApp } from '../auth/test-app.ts'
import { createTestSmtp } from '../auth/test-smtp.ts'
import { type Cost, combine, measureCost } from '../shared/testing/cost.ts'
import { composeAll } from './test-apps.ts'

/** Every operation of docs/openapi.json with the largest inputs it may be sent: none holds up the requests of others. */
const smtp = await createTestSmtp()
const auth = await createTestApp({ email: smtp.config })
const appOf = await composeAll(auth)

/** Of any one request, whatever its route. */
const limits: Cost = {
  loopMs: 50,
  postgresMs: 100,
  memoryBytes: 32 * 1_048_576,
  storedBytes: 2 * 1_048_576,
  answeredBytes: 2 * 1_048_576,
}
const columns = ['loopMs', 'postgresMs', 'memoryBytes', 'storedBytes', 'answeredBytes'] as const
const nothing: Cost = { loopMs: 0, postgresMs: 0, memoryBytes: 0, storedBytes: 0, answeredBytes: 0 }
/** A request over a limit is repeated, since other work on the machine delays Postgres and collects no garbage. */
const maxRuns = 5
const isWithin = (cost: Cost) => columns.every(name => cost[name] <= limits[name])

const costs = new Map<string, Cost>([['limit of each', limits]])
afterAll(() => {
  console.table(
    Object.fromEntries(
      [...costs].map(([name, cost]) => [
        name,
        Object.fromEntries(columns.map(column => [column, Math.round(cost[column])])),
      ]),
    ),
  )
})

async function walBytes(): Promise<number> {
  const text = `select (pg_current_wal_insert_lsn() - '0/0')::float8 as bytes`
  const [row] = await auth.owner.query<{ bytes: number }>({ name: 'wal_bytes', text }, [])
  return row?.bytes ?? 0
}

const SchemaForm = v.looseObject({
  $ref: v.optional(v.string()),
  type: v.optional(v.union([v.string(), v.array(v.string())])),
  properties: v.optional(v.record(v.string(), v.unknown())),
  items: v.optional(v.unknown()),
  maxLength: v.optional(v.number()),
  maxItems: v.optional(v.number()),
  enum: v.optional(v.array(v.unknown())),
  anyOf: v.optional(v.array(v.unknown())),
})
const Contract = v.object({
  paths: v.record(v.string(), v.record(v.string(), v.unknown())),
  components: v.looseObject({ schemas: v.record(v.string(), v.unknown()) }),
})
const Operation = v.looseObject({
  parameters: v.optional(v.array(v.looseObject({ name: v.string(), in: v.string() })), []),
  requestBody: v.optional(
    v.looseObject({ content: v.record(v.string(), v.looseObject({ schema: v.unknown() })) }),
  ),
})
const contract = v.parse(
  Contract,
  JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8')),
)

/** As long as its schema lets it be, all of `unit`. */
function largest(given: unknown, unit: string): unknown {
  const schema = v.parse(SchemaForm, given)
  if (schema.$ref !== undefined)
    return largest(contract.components.schemas[schema.$ref.split('/').at(-1) ?? ''], unit)
  if (schema.anyOf !== undefined) return largest(schema.anyOf[0], unit)
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.properties !== undefined)
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, largest(property, unit)]),
    )
  if (schema.items !== undefined)
    return Array.from({ length: Math.min(schema.maxItems ?? 1_000, 1_000) }, (_, n) =>
      typeof largest(schema.items, unit) === 'string' ? `${n}` : largest(schema.items, unit),
    )
  if (schema.type === 'boolean') return true
  if (schema.type === 'integer' || schema.type === 'number') return 1
  return unit.repeat(Math.ceil((schema.maxLength ?? 1_000) / unit.length)).slice(0, schema.maxLength ?? 1_000)
}

const bodiesOf = (schema: unknown) => [
  ...['a', 'a_', '\u0301e', '"\\', '日'].map(unit => JSON.stringify(largest(schema, unit))),
  '['.repeat(100_000),
  `{${Array.from({ length: 9_000 }, (_, n) => `"k${n}":0`).join()}}`,
  `{"a":${'{"a":'.repeat(15_000)}0${'}'.repeat(15_001)}`,
  `{"a":"${'\\u0041'.repeat(15_000)}"}`,
  `[${'1e999,'.repeat(15_000)}0]`,
]
/** Of a request line that a function takes, 16 kB with its header fields. */
const long = ['a', '%61', '%F0%9F%98%80', ',', 'a,', '-', '~', '%22'].map(unit =>
  unit.repeat(Math.floor(12_000 / unit.length)),
)

const cases = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, given]) => {
    const operation = v.parse(Operation, given)
    return { name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, operation }
  }),
)

async function holdToLimits(name: string, what: string, send: () => Promise<number>): Promise<void> {
  let cost = await measureCost(send, walBytes)
  for (let run = 1; run < maxRuns && !isWithin(cost); run += 1)
    cost = combine(Math.min, cost, await measureCost(send, walBytes))
  costs.set(name, combine(Math.max, costs.get(name) ?? nothing, cost))
  for (const column of columns)
    expect(cost[column], `${column} of ${what}`).toBeLessThanOrEqual(limits[column])
}

describe.each(cases)('$name', ({ name, method, path, operation }) => {
  const named = (kind: string) => operation.parameters.filter(parameter => parameter.in === kind)
  const plain = path.replaceAll(/\{\w+\}/g, 'a')
  const requests = [
    ...long.map(text => ({ path: path.replaceAll(/\{\w+\}/g, text), body: undefined })),
    ...named('query').flatMap(({ name }) =>
      long.map(text => ({ path: `${plain}?${name}=${text}`, body: undefined })),
    ),
    { path: `${plain}?${'a=1&'.repeat(3_000)}`, body: undefined },
    ...Object.values(operation.requestBody?.content ?? {}).flatMap(({ schema }) =>
      bodiesOf(schema).map(body => ({ path: plain, body })),
    ),
  ]

  test('is answered or refused, at a bounded cost', async () => {
    const user = await auth.register()
    for (const [index, request] of requests.entries()) {
      const what = `${request.path.slice(0, 60)} ${request.body?.slice(0, 60)}`
      let run = 0
      const send = async () => {
        run += 1
        const response = await appOf(path).request(request.path, {
          method,
          headers: {
            authorization: `Bearer ${user.accessToken}`,
            'x-forwarded-for': `203.0.113.${index % 250}`,
            'idempotency-key': `key-${index}-${run}`,
            'if-match': '*',
            ...(request.body !== undefined && { 'content-type': 'application/json' }),
          },
          ...(request.body !== undefined && { body: request.body }),
        })
        expect(response.status, what).toBeLessThan(500)
        return (await response.arrayBuffer()).byteLength
      }
      await holdToLimits(name, what, send)
    }
  }, 30_000)
})

/** As long as a post may be. */
const texts: Readonly<Record<string, string>> = {
  'distinct words': Array.from({ length: 16_000 }, (_, n) => `w${n}`)
    .join(' ')
    .slice(0, 99_000),
  ideographs: '日本語'.repeat(33_000),
  links: '[a](https://b.test) '.repeat(4_900),
}

test('the largest that is accepted has a bounded cost too', async () => {
  const { accessToken } = await auth.register()
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await appOf(path.replace(/\?.*/, '')).request(path, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        'x-forwarded-for': '198.51.100.7',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    expect(response.status, `${method} ${path} ${text.slice(0, 300)}`).toBeLessThan(300)
    return Buffer.byteLength(text)
  }
  const hold = (method: string, path: string, body?: unknown, what = '') =>
    holdToLimits(`accepted: ${method} ${path} ${what}`, path, () => ask(method, path, body))

  for (const [kind, body] of Object.entries(texts)) {
    const tags = Array.from({ length: 10 }, (_, n) => `${n}`.padEnd(40, 'x'))
    await hold('POST', '/posts', { title: 'zebra '.repeat(33), body, tags }, kind)
    await ask('POST', '/posts', { title: kind, body, slug: kind.replace(' ', '-') })
    await hold('POST', `/posts/${kind.replace(' ', '-')}/comments`, { body: body.slice(0, 10_000) })
    await hold('GET', `/posts/${kind.replace(' ', '-')}`)
  }
  for (const query of ['', '?limit=100&fields=html,body', '?q=zebra&limit=100', '?q=a+w1+w2'])
    await hold('GET', `/posts${query}`)
  await hold('GET', '/posts/atom.xml')
}, 60_000)
