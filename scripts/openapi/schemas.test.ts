import * as v from 'valibot'
import { expect, it } from 'vitest'
import { Post } from '../../functions/posts/posts/schemas.ts'
import { Limit } from '../../functions/shared/http/cursor.ts'
import { CommentIdSchema } from '../../functions/shared/ids.ts'
import { line } from '../../functions/shared/text.ts'
import { DateTime } from '../../functions/shared/time.ts'
import { componentSchemas, parametersOf, schemaOf } from './schemas.ts'

it('a query parameter has the type that its text stands for', () => {
  const isWanted = v.optional(v.pipe(v.picklist(['true', 'false']), v.metadata({ type: 'boolean' })), 'false')
  const query = v.object({ limit: v.optional(Limit, '20'), isWanted })
  expect(parametersOf('query', query).map(({ schema }) => schema)).toEqual([
    { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    { type: 'boolean', default: false },
  ])
})

it('descriptions and limits that follow a transformation are kept', () => {
  const trimmed = v.pipe(
    v.string(),
    v.transform(text => text.trim()),
    v.maxLength(5),
    v.description('At most five.'),
  )
  expect(schemaOf(trimmed)).toEqual({ type: 'string', maxLength: 5, description: 'At most five.' })
})

it.each([
  ['ids', CommentIdSchema, { format: 'uuid' }],
  ['times', DateTime, { format: 'date-time' }],
  ['lines of text', line(80), { minLength: 1, maxLength: 80 }],
])('%s have the format and the limits of the code', (_, schema, expected) => {
  expect(schemaOf(schema)).toMatchObject({ type: 'string', ...expected })
})

it('a schema with a name is referenced, also inside of others', () => {
  expect(schemaOf(v.array(Post))).toEqual({ type: 'array', items: { $ref: '#/components/schemas/Post' } })
  expect(componentSchemas).toMatchObject({
    Post: { properties: { author: { $ref: '#/components/schemas/Author' } } },
    ProblemCode: { type: 'string', enum: expect.arrayContaining(['not_found']) },
  })
})

it('a member of a body that may be left out says its default in its description', () => {
  expect(componentSchemas).toMatchObject({
    NewPost: { properties: { status: { description: 'By default "published".' } } },
  })
  expect(JSON.stringify(componentSchemas)).not.toContain('"default":')
})
