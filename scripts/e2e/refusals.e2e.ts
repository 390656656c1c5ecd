import { expect, test } from 'vitest'
import { register } from './account.ts'
import { request } from './api.ts'

const problem = 'application/problem+json'

test('another host is not served', async () => {
  expect((await request('GET', '/posts', { host: 'other.localhost' })).status).toBe(404)
})

test('a function cannot be reached under its own name', async () => {
  expect((await request('GET', '/posts', { host: 'posts.iod.svc.cluster.local' })).status).toBe(404)
})

test('a path outside all functions is not found', async () => {
  expect((await request('GET', '/nothing')).status).toBe(404)
  expect((await request('GET', '/healthz')).status).toBe(404)
})

test.each(['/postsabc', '/profileabc', '/authabc'])(
  '%s shares a function’s prefix only and is not found',
  async path => {
    const response = await request('GET', path)
    expect(response.status, response.text).toBe(404)
    expect(response.headers['content-type']).toContain(problem)
  },
)

test('a missing, an invented and an altered token are rejected alike', async () => {
  const changed = `${(await register()).token.slice(0, -4)}AAAA`
  for (const token of [undefined, 'made.up.token', changed]) {
    const response = await request('GET', '/profile', token === undefined ? {} : { token })
    expect(response.status, response.text).toBe(401)
    expect(response.headers['www-authenticate']).toContain('Bearer')
    expect(response.headers['content-type']).toContain(problem)
  }
  const write = await request('POST', '/posts', { token: changed, body: { title: 'No', body: 'No' } })
  expect(write.status).toBe(401)
})
