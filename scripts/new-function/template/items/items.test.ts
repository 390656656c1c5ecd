import { expect, test } from 'vitest'
import { createTestApp, readJson } from '../test-app.ts'

const { app } = await createTestApp()

test('the item of the migration is listed', async () => {
  const response = await app.request('/sample/items')
  expect(response.status).toBe(200)
  expect(await readJson(response)).toEqual({ items: [{ id: expect.any(String), name: 'first' }] })
})
