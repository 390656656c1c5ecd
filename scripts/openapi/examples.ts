import { STATUS_CODES } from 'node:http'
import { functions } from '../../functions/registry.ts'
import { type ProblemCode, problemStatus } from '../../functions/shared/http/problem.ts'

const healthCheck = { status: 'ok', latencyMs: 0.8 }

/** By the names of schemas. */
const bodyExamples: Readonly<Record<string, unknown>> = Object.assign(
  {},
  ...(await Promise.all(functions.map(({ loadExamples }) => loadExamples()))),
  {
    OpenApiDocument: { openapi: '3.1.0', info: { title: 'IOD Functions', version: '0.1.0' }, paths: {} },
    Health: {
      status: 'ok',
      version: '0.1.0',
      uptime: 86_400,
      checks: { postgres: healthCheck, redis: healthCheck },
    },
  },
)

/** Documents without a schema, by media type. */
const documentExamples: Readonly<Record<string, string>> = {
  'application/atom+xml':
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Posts</title><id>https://api.example.com/posts/atom.xml</id>' +
    '<updated>2026-11-03T16:05:12.480Z</updated></feed>',
  'application/xml':
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>' +
    '<loc>https://api.example.com/posts/notes-on-the-engine</loc></url></urlset>',
}

const id = '0199f3a2-7c1e-7d4b-9a53-2f6c1be0d7aa'

/** Examples of required parameters, by name. */
export const parameterExamples: Readonly<Record<string, string>> = {
  slug: 'notes-on-the-engine',
  slugs: 'notes-on-the-engine',
  username: 'ada',
  usernames: 'charles',
  commentId: '0199f3a8-11b2-7c90-8e1f-6d4f2a9c3b57',
  id,
  'If-Match': `"3-${id}"`,
}

const problemExample = (code: ProblemCode) => ({
  type: `urn:iod:problem:${code}`,
  title: STATUS_CODES[problemStatus[code]],
  status: problemStatus[code],
  code,
  detail: 'A text for people.',
  instance: '/posts/notes-on-the-engine',
  requestId: '5f1c9d1e-30a4-4b62-9d3c-8a4b7c2e6f10',
})

const nameOfProblem = (code: ProblemCode) => `problem_${code}`
const referenceTo = (name: string) => ({ $ref: `#/components/examples/${name}` })

export const problemExamples = (codes: readonly ProblemCode[]) =>
  Object.fromEntries(codes.map(code => [code, referenceTo(nameOfProblem(code))]))

export const bodyExample = (schemaName: string) =>
  schemaName in bodyExamples ? { examples: { example: referenceTo(schemaName) } } : {}

export const documentExample = (mediaType: string) =>
  mediaType in documentExamples ? { examples: { example: referenceTo(documentName(mediaType)) } } : {}

const documentName = (mediaType: string) => mediaType.replaceAll(/\W/g, '_')
const problemCodes = Object.keys(problemStatus).filter((code): code is ProblemCode => code in problemStatus)

export const componentExamples = Object.fromEntries([
  ...Object.entries(bodyExamples).map(([name, value]) => [name, { value }]),
  ...Object.entries(documentExamples).map(([type, value]) => [documentName(type), { value }]),
  ...problemCodes.map(code => [nameOfProblem(code), { value: problemExample(code) }]),
])
