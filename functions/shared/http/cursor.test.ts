import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createCursors } from './cursor.ts'

const cursors = createCursors(randomBytes(32))
const position = ['2026-01-01T00:00:00.000Z', '0199a0de-0000-7000-8000-000000000000']

test('a cursor decodes to its position', () => {
  const cursor = cursors.encodeCursor('posts', position)
  expect(cursor).toMatch(/^[\w.-]+$/)
  expect(cursors.decodeCursor('posts', cursor)).toEqual(position)
})

const cursor = cursors.encodeCursor('posts', position)
const [payload, signature] = cursor.split('.')
const forged = Buffer.from('["2099-01-01"]').toString('base64url')

test.each([
  ['empty', ''],
  ['not ours', 'abc'],
  ['without its signature', payload],
  ['with another payload', `${forged}.${signature}`],
  ['with another signature', `${payload}.${'A'.repeat(22)}`],
  ['of another secret', createCursors(randomBytes(32)).encodeCursor('posts', position)],
  ['of another list', cursors.encodeCursor('posts?tag=x', position)],
  ['too long', `${'A'.repeat(2_000)}.${signature}`],
  ['with NUL', `${payload}.${signature}\u0000`],
])('a cursor %s is refused', (_, bad = '') => {
  expect(() => cursors.decodeCursor('posts', bad)).toThrow(
    expect.objectContaining({ name: 'DomainError', code: 'invalid_cursor' }),
  )
})
