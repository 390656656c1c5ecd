import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import type { HttpEnv } from '../http/context.ts'
import { contractViolations, receive } from './contract.ts'
import { generalHeaders } from './general-headers.ts'
import { createTestClient } from './test-client.ts'

const state = { favorited: true, favoritesCount: 3 }
const path = '/posts/a-slug/favorite'
const security = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}
const headers = { ...security, 'x-request-id': 'request-1' }

const problem = (code: string) => ({
  type: `urn:iod:problem:${code}`,
  title: 'Error',
  status: 404,
  code,
  detail: '',
  instance: path,
  requestId: 'request-1',
})

const json = (body: unknown, init: ResponseInit = {}) => Response.json(body, { headers, ...init })
const problemJson = { ...headers, 'content-type': 'application/problem+json' }

it('a response as in the contract has no violations', async () => {
  expect(contractViolations('GET', path, await receive(json(state)))).toEqual([])
})

it.each<[string, Response, RegExp]>([
  ['a status', json(state, { status: 203 }), /status 203 is not in the contract/],
  ['a missing member', json({ favorited: true }), /favoritesCount/],
  ['a member that is not described', json({ ...state, more: 1 }), /additional properties/],
  ['a member of another type', json({ ...state, favoritesCount: 1.5 }), /integer/],
  [
    'a media type',
    json(state, { headers: { ...headers, 'content-type': 'text/html' } }),
    /media type "text\/html"/,
  ],
  ['a header', json(state, { headers: { ...headers, age: '1' } }), /header age/],
  ['a general header', json(state, { headers: { ...headers, vary: 'User-Agent' } }), /vary has the value/],
  ['a missing general header', json(state, { headers: { 'x-request-id': 'r' } }), /x-content.* is missing/],
  ['a missing header', json(state, { headers: security }), /X-Request-Id is missing/],
  [
    'the code of a problem',
    json(problem('conflict'), { status: 404, headers: problemJson }),
    /code conflict is not in the contract/,
  ],
])('%s that is not as in the contract is named', async (_, response, violation) => {
  expect(contractViolations('GET', path, await receive(response)).join()).toMatch(violation)
})

it('a method that the path does not have may only be refused', async () => {
  expect(contractViolations('POST', path, await receive(json(state)))).toEqual([
    'the status 200 is not in the contract',
  ])
  const refused = json(problem('method_not_allowed'), {
    status: 405,
    headers: { ...problemJson, allow: 'GET' },
  })
  expect(contractViolations('POST', path, await receive(refused))).toEqual([])
})

it('a test client fails the request whose response violates the contract', async () => {
  const app = new Hono<HttpEnv>()
  app.get(path, c => c.json({ favorited: 'yes' }, 200, headers))
  const client = createTestClient({ app, fetch: app.fetch })
  await expect(client.request(path)).rejects.toThrow(/GET .* 200 is not as in the contract/)
})

it('the exemptions from the headers of each response are those that the description names', () => {
  const { info } = v.parse(
    v.object({ info: v.object({ description: v.string() }) }),
    JSON.parse(readFileSync(join(import.meta.dirname, '../../../docs/openapi.json'), 'utf8')),
  )
  const text = info.description.toLowerCase()
  expect(Object.keys(generalHeaders).filter(name => !text.includes(`\`${name}`))).toEqual([])
})

it('a preflight request is answered by 204 with the headers of CORS alone', async () => {
  const allowed = { ...headers, 'access-control-allow-origin': 'https://app.example', vary: 'Origin' }
  const answer = (more: Record<string, string>) =>
    new Response(null, { status: 204, headers: { ...allowed, ...more } })
  expect(contractViolations('OPTIONS', path, await receive(answer({})))).toEqual([])
  expect(contractViolations('OPTIONS', path, await receive(answer({ allow: 'GET' })))).toHaveLength(1)
})
