import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { violationOf } from '../shared/testing/contract.ts'

const Schema = v.record(v.string(), v.unknown())
const Content = v.record(
  v.string(),
  v.object({ schema: Schema, examples: v.optional(v.record(v.string(), v.object({ $ref: v.string() }))) }),
)
const Operation = v.object({
  operationId: v.string(),
  parameters: v.array(
    v.object({ name: v.string(), required: v.boolean(), schema: Schema, example: v.optional(v.unknown()) }),
  ),
  requestBody: v.optional(v.object({ content: Content })),
  responses: v.record(v.string(), v.object({ content: v.optional(Content, {}) })),
})
const Document = v.object({
  paths: v.record(v.string(), v.record(v.string(), Operation)),
  components: v.object({ examples: v.record(v.string(), v.object({ value: v.unknown() })) }),
})
const { paths, components } = v.parse(
  Document,
  JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'openapi.json'), 'utf8')),
)
const operations = Object.values(paths).flatMap(item => Object.values(item))

it.each(operations.map(operation => [operation.operationId, operation] as const))(
  '%s: each body has an example that passes its schema, and so has each required parameter',
  (_, { parameters, requestBody, responses }) => {
    const contents = [requestBody?.content ?? {}, ...Object.values(responses).map(({ content }) => content)]
    for (const { schema, examples = {} } of contents.flatMap(content => Object.values(content))) {
      const names = Object.values(examples).map(({ $ref }) => $ref.split('/').at(-1) ?? '')
      expect(
        names,
        'operations.ts names the schema, and examples.ts has an example by that name',
      ).not.toEqual([])
      for (const name of names)
        expect(violationOf(schema, components.examples[name]?.value), name).toBeUndefined()
    }
    for (const { name, schema, example } of parameters.filter(({ required }) => required)) {
      expect(violationOf(schema, example), name).toBeUndefined()
    }
  },
)
