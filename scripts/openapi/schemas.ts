import { type ConversionConfig, toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import { functions } from '../../functions/registry.ts'
import { problemStatus } from '../../functions/shared/http/problem.ts'
import { Health, HealthCheck, OpenApiDocument } from '../../functions/shared/openapi/health.ts'
import { bodyExample, parameterExamples } from './examples.ts'

const ofFunctions = await Promise.all(functions.map(({ loadSchemas }) => loadSchemas()))
const named: Record<string, v.GenericSchema> = {
  ...Object.fromEntries(ofFunctions.flatMap(schemas => Object.entries(schemas))),
  Health,
  HealthCheck,
  OpenApiDocument,
}

/** Converts whole pipes: descriptions and limits often follow a transformation. Leaves out what JSON Schema cannot express. */
const config: ConversionConfig = {
  target: 'draft-2020-12',
  typeMode: 'ignore',
  errorMode: 'ignore',
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
}

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mapValues = (object: Json, change: (value: unknown) => unknown): Json =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))

/** To valibot a query value is text; the contract states its meaning, so the keywords of text are removed. */
function tidy(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(tidy)
  if (!isObject(schema)) return schema
  const { type, pattern, enum: options, items, properties, default: usual, ...others } = schema
  const isScalar = type === 'integer' || type === 'boolean'
  return {
    ...(type !== undefined && { type }),
    ...mapValues(others, tidy),
    ...(isObject(properties) && { properties: mapValues(properties, tidy) }),
    ...(type === 'array' && { items: tidy(items) }),
    ...(!isScalar && pattern !== undefined && { pattern }),
    ...(!isScalar && options !== undefined && { enum: options }),
    ...(usual !== undefined && {
      default: isScalar && typeof usual === 'string' ? JSON.parse(usual) : usual,
    }),
  }
}

/** Generators of types take a member with a default for one that is always there, also in a request. */
function describeDefaults(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(describeDefaults)
  if (!isObject(schema)) return schema
  const { default: usual, properties, ...others } = schema
  const sentence = `By default ${JSON.stringify(usual)}.`
  const description = 'description' in others ? `${others['description']} ${sentence}` : sentence
  return {
    ...mapValues(others, describeDefaults),
    ...(usual !== undefined && { description }),
    ...(isObject(properties) && { properties: mapValues(properties, describeDefaults) }),
  }
}

/** A body, whose schema has a name, with its example. */
export function mediaTypeOf(schema: v.GenericSchema) {
  const jsonSchema = schemaOf(schema)
  const { $ref } = jsonSchema
  return { schema: jsonSchema, ...(typeof $ref === 'string' && bodyExample($ref.split('/').at(-1) ?? '')) }
}

/** The schema itself, or a reference if it has a name. */
export function schemaOf(schema: v.GenericSchema): Json {
  const { $schema: _, $defs: __, ...jsonSchema } = toJsonSchema(schema, { ...config, definitions: named })
  const tidied = tidy(jsonSchema)
  return isObject(tidied) ? tidied : {}
}

export function parametersOf(place: 'path' | 'query' | 'header', schema: v.GenericSchema | undefined) {
  if (schema === undefined) return []
  const { properties, required } = schemaOf(schema)
  return Object.entries(isObject(properties) ? properties : {}).map(([name, member]) => {
    const { description, ...memberSchema } = isObject(member) ? member : {}
    return {
      name,
      in: place,
      required: place === 'path' || (Array.isArray(required) && required.includes(name)),
      ...(description !== undefined && { description }),
      schema: memberSchema,
      ...(name in parameterExamples && { example: parameterExamples[name] }),
    }
  })
}

const text = { type: 'string' }

const FieldError = {
  type: 'object',
  required: ['path', 'message'],
  properties: {
    path: { type: 'string', maxLength: 101, description: 'Dotted (`tags.0`); empty for the whole body.' },
    message: text,
  },
}

const Problem = {
  type: 'object',
  description: 'RFC 9457. `code` is stable; `detail` is for people and may change.',
  required: ['type', 'title', 'status', 'code', 'detail', 'instance', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: text,
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: { $ref: '#/components/schemas/ProblemCode' },
    detail: text,
    instance: text,
    requestId: { type: 'string', pattern: '^[\\w.:-]{8,128}$' },
    errors: { type: 'array', maxItems: 20, items: { $ref: '#/components/schemas/FieldError' } },
  },
}

export const componentSchemas = {
  Problem,
  ProblemCode: { type: 'string', enum: Object.keys(problemStatus) },
  FieldError,
  ...Object.fromEntries(
    Object.entries(toJsonSchemaDefs(named, config)).map(([name, schema]) => [
      name,
      describeDefaults(tidy(schema)),
    ]),
  ),
}
