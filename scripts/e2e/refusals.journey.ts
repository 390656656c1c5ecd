import { expect, test } from 'vitest'
import { register } from './account.ts'
import { ask } from './api.ts'

const problem = 'application/problem+json'

test('another host is not served', async () => {
  expect((await ask('GET', '/posts', { host: 'other.localhost' })).status).toBe(404)
})

test('a function cannot be reached under its own name', async () => {
  expect((await ask('GET', '/posts', { host: 'posts.iod.svc.cluster.local' })).status).toBe(404)
})

test('a path of no function is not found', async () => {
  expect((await ask('GET', '/nothing')).status).toBe(404)
  expect((await ask('GET', '/healthz')).status).toBe(404)
})

test.each(['/postsabc', '/profileabc', '/authabc'])(
  '%s only begins like a function and is not found',
  async path => {
    const answer = await ask('GET', path)
    expect(answer.status, answer.text).toBe(404)
    expect(answer.headers['content-type']).toContain(problem)
  },
)

test('no token, a made-up token and a changed token are refused alike', async () => {
  const { accessToken } = await register()
  const changed = `${accessToken.slice(0, -4)}AAAA`
  for (const token of [undefined, 'made.up.token', changed]) {
    const answer = await ask('GET', '/profile', token === undefined ? {} : { token })
    expect(answer.status, answer.text).toBe(401)
    expect(answer.headers['www-authenticate']).toContain('Bearer')
    expect(answer.headers['content-type']).toContain(problem)
  }
  const write = await ask('POST', '/posts', { token: changed, body: { title: 'No', body: 'No' } })
  expect(write.status).toBe(401)
})
