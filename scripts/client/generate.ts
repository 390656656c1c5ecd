// Writes functions/client/{operations.ts,api.d.ts} from docs/openapi.json; `--check` fails when they are stale.
import { execFileSync } from 'node:child_process'
import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { root } from '../cluster/command.ts'

const clientFolder = join(root, 'functions', 'client')

const Parameter = v.looseObject({ name: v.string(), in: v.string() })
const Operation = v.looseObject({
  operationId: v.string(),
  security: v.array(v.record(v.string(), v.unknown())),
  parameters: v.array(Parameter),
  responses: v.record(
    v.string(),
    v.looseObject({ content: v.optional(v.record(v.string(), v.unknown()), {}) }),
  ),
})
const Document = v.looseObject({
  paths: v.record(v.string(), v.record(v.string(), Operation)),
  components: v.looseObject({ schemas: v.looseObject({}), examples: v.looseObject({}) }),
})
type Document = v.InferOutput<typeof Document>

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )

/** Done twice, it is refused: the first attempt has made the password of the second one a wrong one. */
const onceOnly = ['changePassword']

const isTextIn = (responses: v.InferOutput<typeof Operation>['responses']) =>
  Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .some(([, { content }]) => Object.keys(content).some(type => !type.includes('json')))

/** What the client needs of each operation while it runs. */
function operationsFile(document: Document): string {
  const lines = operationsOf(document).map(({ path, method, operation }) => {
    const takesToken = operation.security.some(scheme => 'accessToken' in scheme)
    const isIdempotent = operation.parameters.some(({ name }) => name === 'Idempotency-Key')
    const flags = [
      takesToken && 'takesToken: true',
      isIdempotent && 'isIdempotent: true',
      onceOnly.includes(operation.operationId) && 'isRepeatable: false',
      isTextIn(operation.responses) && 'isText: true',
    ]
    const members = [`method: '${method}'`, `path: '${path}'`, ...flags.filter(Boolean)]
    return `  ${operation.operationId}: { ${members.join(', ')} },`
  })
  return `// Written by scripts/client/generate.ts from docs/openapi.json.

export interface OperationRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  /** An access token is sent where there is one. */
  readonly takesToken?: boolean
  /** Each call gets an Idempotency-Key. */
  readonly isIdempotent?: boolean
  /** Whether it is sent again after a failure, where its method says otherwise. */
  readonly isRepeatable?: boolean
  /** Its response is text of another type than JSON. */
  readonly isText?: boolean
}

export const operations = {
${lines.join('\n')}
} satisfies Readonly<Record<string, OperationRoute>>

export type OperationId = keyof typeof operations
`
}

/** Only successes, without their headers: any other response is an ApiProblem, and the client sends If-None-Match itself. */
function documentForTypes(document: Document): Document {
  const reduced = structuredClone(document)
  for (const { operation } of operationsOf(reduced)) {
    operation.parameters = operation.parameters.filter(({ name }) => name !== 'If-None-Match')
    operation.responses = Object.fromEntries(
      Object.entries(operation.responses)
        .filter(([status]) => status.startsWith('2'))
        .map(([status, { headers: _, ...response }]) => [status, response]),
    )
  }
  const { schemas, examples } = reduced.components
  return { ...reduced, components: { schemas, examples } }
}

function typesFile(document: Document): string {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'iod-client-'))
  const cwd = folder.path
  writeFileSync(join(cwd, 'openapi.json'), JSON.stringify(documentForTypes(document)))
  const program = join(clientFolder, 'node_modules', '.bin', 'openapi-typescript')
  execFileSync(program, ['openapi.json', '--output', 'api.d.ts', '--immutable'], { cwd, stdio: 'pipe' })
  return readFileSync(join(cwd, 'api.d.ts'), 'utf8')
}

const document = v.parse(Document, JSON.parse(readFileSync(join(root, 'docs', 'openapi.json'), 'utf8')))
const files = { 'operations.ts': operationsFile(document), 'api.d.ts': typesFile(document) }
for (const [name, content] of Object.entries(files)) {
  const file = join(clientFolder, name)
  if (!process.argv.includes('--check')) writeFileSync(file, content)
  else if (readFileSync(file, 'utf8') !== content) {
    console.error(`functions/client/${name} is stale: run \`make openapi\` and commit it.`)
    process.exitCode = 1
  }
}
