import { expect, it } from 'vitest'
import { type ExampleRequest, exampleRequests, inOrder } from '../shared/testing/examples.ts'
import { createTestApp, readJson } from './test-app.ts'

const { app, createAccount } = await createTestApp()

it('accepts every example request of the contract', async () => {
  const { authorization } = await createAccount('ada')
  const send = ({ method, path, headers, body }: ExampleRequest) =>
    app.request(path, {
      method,
      headers: { ...authorization, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const created: Record<string, Record<string, unknown>> = {}
  for (const request of exampleRequests('posts').filter(({ method }) => method === 'POST')) {
    const response = await send(request)
    expect([200, 201, 204], `${request.operationId}: ${response.status}`).toContain(response.status)
    if (response.status === 201) created[request.operationId] = await readJson(response)
  }
  const known = { commentId: String(created['createComment']?.['id']), 'If-Match': '*' }
  const others = exampleRequests('posts', known).filter(({ method }) => method !== 'POST')
  expect(others.length).toBeGreaterThan(15)
  for (const request of others.toSorted(inOrder)) {
    const { status } = await send(request)
    expect([200, 204], `${request.operationId}: ${status}`).toContain(status)
  }
})
