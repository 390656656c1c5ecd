import { expect, it } from 'vitest'
import { exampleRequests, inOrder } from '../shared/testing/examples.ts'
import { createTestApp } from './test-app.ts'

const { app, createAccount } = await createTestApp()

it('each example of the contract succeeds', async () => {
  const { authorization } = await createAccount('ada')
  const { username } = await createAccount('charles')
  const requests = exampleRequests('profile', { username }).toSorted(inOrder)
  expect(requests.length).toBeGreaterThan(8)
  for (const { operationId, method, path, headers, body } of requests) {
    const { status } = await app.request(path, {
      method,
      headers: { ...authorization, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    expect(status, operationId).toBe(200)
  }
})
