import * as v from 'valibot'
import { expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { createBaseApp } from './base-app.ts'
import { readBody } from './input.ts'

const Body = v.strictObject({ tags: v.optional(v.pipe(v.array(v.string()), v.maxLength(10))) })
const app = createBaseApp({ log: createLog('test', 'error', () => undefined), corsOrigins: [] })
app.post('/things', async c => c.json(await readBody(c, Body, 1_000_000)))

async function post(body: string) {
  const headers = { 'content-type': 'application/json' }
  const response = await app.request('/things', { method: 'POST', headers, body })
  return { status: response.status, text: await response.text() }
}

test.each([
  ['array of 100,000 values', `{"tags":[${'0,'.repeat(99_999)}0]}`, 400],
  ['object of 50,000 members', `{${Array.from({ length: 50_000 }, (_, n) => `"k${n}":0`).join()}}`, 400],
  ['array of 150 wrong values', `{"tags":[${'0,'.repeat(149)}0]}`, 422],
  ['member with a name of 50,000 characters', `{"${'é'.repeat(50_000)}":0}`, 422],
])('an %s is answered in few bytes', async (_, body, status) => {
  const answer = await post(body)
  expect(answer.status).toBe(status)
  expect(answer.text.length).toBeLessThan(4_000)
  expect(JSON.parse(answer.text).errors?.length ?? 0).toBeLessThanOrEqual(20)
})
