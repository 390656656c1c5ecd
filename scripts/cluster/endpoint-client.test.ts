import { expect, test } from 'vitest'
import { toFetchResponse } from './endpoint-client.ts'

test('keeps status, headers and body', async () => {
  const headers = { etag: '"1"', 'set-cookie': ['a=1', 'b=2'], link: undefined }
  const response = toFetchResponse({ status: 404, headers }, Buffer.from('{"code":"not_found"}'))
  expect(response.status).toBe(404)
  expect(Object.fromEntries(response.headers)).toEqual({ etag: '"1"', 'set-cookie': 'a=1, b=2' })
  expect(await response.json()).toEqual({ code: 'not_found' })
})

test.each([204, 304])('has no body with the status %s', status => {
  expect(toFetchResponse({ status, headers: {} }, '').body).toBeNull()
})
