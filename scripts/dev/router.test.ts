import { expect, test } from 'vitest'
import { hasRoomForWrites, type Served } from './router.ts'

test('whether there is room for a write is for the function to say that serves its path', () => {
  const served = { fetch: () => new Response() }
  const functions = new Map<string, Served>([
    ['posts', { ...served, hasRoomForWrites: (target: string) => target !== '/posts?full' }],
    ['auth', served],
  ])
  const hasRoom = hasRoomForWrites(functions)
  expect(['/posts?full', '/posts', '/auth/login', '/docs'].map(hasRoom)).toEqual([false, true, true, true])
})
