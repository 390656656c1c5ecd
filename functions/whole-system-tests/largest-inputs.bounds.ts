import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { createTestApp } from '../auth/test-app.ts'
import { createTestSmtp } from '../auth/test-smtp.ts'
import { createCostTable } from '../shared/testing/cost-table.ts'
import { composeAll } from './test-apps.ts'

/** Every operation of docs/openapi.json with the largest inputs it may be sent: none holds up the requests of others. */
const smtp = await createTestSmtp()
const auth = await createTestApp({ email: smtp.config })
const appOf = await composeAll(auth)

const hold = createCostTable(auth.owner)

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

/** What NFKC makes 18 characters of. */
const longSign = '\ufdfa'
/** Far longer than any schema allows: of that sign, of marks that normalization sorts, and a host for Punycode. */
const overlong = [
  longSign.repeat(20_000),
  '\u0301\u0327'.repeat(10_000),
  `https://${String.fromCodePoint(...Array.from({ length: 5_000 }, (_, n) => 0x4e00 + ((n * 7_919) % 20_000)))}`,
]

const membersOf = (schema: unknown) =>
  Object.entries(v.parse(v.record(v.string(), v.unknown()), largest(schema, 'a')))

const bodiesOf = (schema: unknown) => [
  ...membersOf(schema).flatMap(([name, value]) => [
    ...overlong.map(text => JSON.stringify({ [name]: Array.isArray(value) ? value.map(() => text) : text })),
    JSON.stringify({ [name]: Array(990).fill(longSign.repeat(160)) }),
  ]),
  ...overlong.map(text =>
    JSON.stringify(Object.fromEntries(membersOf(schema).map(([name]) => [name, text]))),
  ),
  ...['a', 'a_', '\u0301e', '"\\', '日'].map(unit => JSON.stringify(largest(schema, unit))),
  ...[60_000, 1_300_000].flatMap(bytes => [
    '['.repeat(bytes),
    `[${'0,'.repeat(bytes / 2 - 1)}0]`,
    `{${Array.from({ length: bytes / 13 }, (_, n) => `"k${n}":0`).join()}}`,
  ]),
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
      await hold({ name, what, prepare: async () => send })
    }
  }, 30_000)
})
