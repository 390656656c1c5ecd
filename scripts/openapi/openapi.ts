import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { functions } from '../../functions/registry.ts'
import {
  type DocumentedOperation,
  ifMatchHeader,
} from '../../functions/shared/openapi/documented-operation.ts'
import manifest from '../../package.json' with { type: 'json' }
import { componentExamples } from './examples.ts'
import { componentHeaders } from './headers.ts'
import { createResponses, isConditional } from './responses.ts'
import { componentSchemas, mediaTypeOf, parametersOf } from './schemas.ts'

/** Writes docs/openapi.json from the schemas and operations of the functions; `--check` fails when it is stale. */
const file = join(import.meta.dirname, '../../docs/openapi.json')

const tags = await Promise.all(
  functions.map(async ({ name, description, loadOperations }) => ({
    tag: { name, description },
    operations: await loadOperations(),
  })),
)

const responses = createResponses(tags.flatMap(({ operations }) => operations))

/** RFC 7396 defines a media type of its own for patches; plain JSON is accepted too. */
function requestBodyOf({ method, body }: DocumentedOperation) {
  if (body === undefined) return {}
  const content = mediaTypeOf(body)
  const types =
    method === 'patch' ? ['application/merge-patch+json', 'application/json'] : ['application/json']
  return {
    requestBody: { required: true, content: Object.fromEntries(types.map(type => [type, content])) },
  }
}

const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The ETag of the client’s representation: 304 if it is still the current one.',
  schema: { type: 'string' },
}

const security = { none: [], optional: [{}, { accessToken: [] }], required: [{ accessToken: [] }] }

const operationObject = (tag: string, operation: DocumentedOperation) => ({
  operationId: operation.documentation.operationId,
  tags: [tag],
  summary: operation.documentation.summary,
  ...(operation.documentation.description && { description: operation.documentation.description }),
  security: security[operation.authentication],
  parameters: [
    ...parametersOf('path', operation.pathParameters),
    ...parametersOf('query', operation.query),
    ...parametersOf('header', operation.headers),
    ...parametersOf('header', operation.ifMatch && ifMatchHeader[operation.ifMatch]),
    ...(isConditional(operation) ? [ifNoneMatch] : []),
  ],
  ...requestBodyOf(operation),
  responses: responses.of(operation),
})

const paths: Record<string, Record<string, unknown>> = {}
for (const { tag, operations } of tags) {
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: operationObject(tag.name, operation),
    }
  }
}

const document = {
  openapi: '3.1.0',
  info: {
    title: 'IOD Functions',
    version: manifest.version,
    summary: 'Accounts, profiles and posts on one host.',
    description:
      'Errors are problem documents (RFC 9457); `code` says which. HEAD is supported wherever GET is. An unknown ' +
      'query parameter gets 400, a method that a path does not support 405 with `Allow`. Every response also carries ' +
      "`X-Content-Type-Options: nosniff`, `Content-Security-Policy: default-src 'none'; frame-ancestors 'none'` and, where " +
      'clients come over TLS, `Strict-Transport-Security`. The header fields of CORS are sent to the configured origins, ' +
      'with `Vary: Origin`, and only where there are such origins OPTIONS gets 204. ' +
      'A cacheable response that is requested often is compressed by `Accept-Encoding` (zstd, br, gzip), with ' +
      '`Content-Encoding` and `Vary: Accept-Encoding`, and has an ETag of its ' +
      'own in each coding; If-None-Match and If-Match accept any of them. `Accept` is not evaluated: each resource has one ' +
      'media type. A proxy in front of the host may respond by itself, with 502, 503 or 504 and without a problem document.',
    contact: { name: 'The operator of the host that serves this document' },
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/', description: 'The host that serves this document.' }],
  tags: tags.map(({ tag }) => tag),
  paths,
  components: {
    securitySchemes: {
      accessToken: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        // OWASP's rule looks for this spelling of RFC 8725.
        description:
          'An access token as defined by RFC 9068, verified as RFC8725 recommends: one algorithm, one type, issuer and audience.',
      },
    },
    examples: componentExamples,
    headers: componentHeaders,
    responses: responses.components,
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
