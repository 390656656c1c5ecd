import { readFileSync, writeFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { join } from 'node:path'
import { operations as auth } from '../functions/auth/openapi.ts'
import { operations as posts } from '../functions/posts/openapi.ts'
import { operations as profile } from '../functions/profile/openapi.ts'
import type { Operation } from '../functions/shared/openapi/operation.ts'
import { type ProblemCode, problemStatus } from '../functions/shared/problems.ts'
import { componentSchemas, parametersOf, schemaOf } from './openapi/schemas.ts'

/** Writes docs/openapi.json from the schemas and operations of the functions; `--check` fails when it is stale. */
const file = join(import.meta.dirname, '..', 'docs', 'openapi.json')
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))

const functions = {
  auth: { description: 'Accounts, sessions and the key set.', operations: auth },
  profile: { description: 'Own and public profiles.', operations: profile },
  posts: { description: 'Posts and what readers do with them.', operations: posts },
}

/** Problems that any request can meet, and those that come with a body, parameters or authentication. */
function problemsOf(operation: Operation): readonly ProblemCode[] {
  return [
    ...operation.problems,
    ...(operation.body
      ? (['malformed_body', 'body_too_large', 'unsupported_media_type', 'invalid_body'] as const)
      : []),
    ...(operation.query || operation.pathParameters || operation.headers
      ? (['invalid_parameter'] as const)
      : []),
    ...(operation.authentication === 'required' ? (['unauthenticated', 'invalid_token'] as const) : []),
    ...(operation.authentication === 'optional' ? (['invalid_token'] as const) : []),
    'too_many_requests',
    'unavailable',
  ]
}

function problemAnswers(codes: readonly ProblemCode[]) {
  const byStatus = Map.groupBy(new Set(codes), code => problemStatus[code])
  return [...byStatus].map(([status, codesOfStatus]) => [
    String(status),
    {
      description: `${STATUS_CODES[status]}: \`${codesOfStatus.toSorted().join('`, `')}\``,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ])
}

function successAnswers(operation: Operation) {
  return Object.entries(operation.answers).map(([status, { description, schema, headers }]) => [
    status,
    {
      description,
      ...(headers && {
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, text]) => [
            name,
            { description: text, schema: { type: 'string' } },
          ]),
        ),
      }),
      ...(schema && { content: { 'application/json': { schema: schemaOf(schema) } } }),
    },
  ])
}

const security = { none: [], optional: [{}, { accessToken: [] }], required: [{ accessToken: [] }] }

const operationObject = (tag: string, operation: Operation) => ({
  operationId: operation.operationId,
  tags: [tag],
  summary: operation.summary,
  ...(operation.description && { description: operation.description }),
  security: security[operation.authentication],
  parameters: [
    ...parametersOf('path', operation.pathParameters),
    ...parametersOf('query', operation.query),
    ...parametersOf('header', operation.headers),
  ],
  ...(operation.body && {
    requestBody: { required: true, content: { 'application/json': { schema: schemaOf(operation.body) } } },
  }),
  responses: Object.fromEntries([...problemAnswers(problemsOf(operation)), ...successAnswers(operation)]),
})

const paths: Record<string, Record<string, unknown>> = {}
for (const [tag, { operations }] of Object.entries(functions)) {
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(tag, operation) }
  }
}

const document = {
  openapi: '3.1.0',
  info: {
    title: 'IOD Functions',
    version,
    summary: 'Accounts, profiles and posts on one host.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/', description: 'The host that serves this document.' }],
  tags: Object.entries(functions).map(([name, { description }]) => ({ name, description })),
  paths,
  components: {
    securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    schemas: componentSchemas,
  },
}

const json = `${JSON.stringify(document, null, 1)}\n`
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== json) {
    console.error('docs/openapi.json is stale: run `make openapi` and commit it.')
    process.exitCode = 1
  }
} else {
  writeFileSync(file, json)
}
