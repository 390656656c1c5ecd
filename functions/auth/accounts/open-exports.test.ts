import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { AccountIdSchema } from '../../shared/ids.ts'
import { createOpenExports, untilEnd } from './open-exports.ts'

const newAccount = () => v.parse(AccountIdSchema, randomUUID())

test('an account has one export at a time, and a process sixteen', () => {
  const exports = createOpenExports()
  const [ada, ...others] = Array.from({ length: 17 }, newAccount)
  if (ada === undefined) throw new Error('no account')
  const end = exports.begin(ada)
  expect(() => exports.begin(ada)).toThrow(expect.objectContaining({ code: 'throttled' }))
  for (const other of others.slice(0, 15)) exports.begin(other)
  expect(() => exports.begin(newAccount())).toThrow(expect.objectContaining({ code: 'unavailable' }))
  end()
  exports.begin(ada)
})

async function* pieces(): AsyncGenerator<string> {
  yield 'first'
  yield 'second'
}

async function* failing(): AsyncGenerator<string> {
  yield 'first'
  throw new Error('Postgres is unavailable')
}

/** Reads through the stream that carries an export to its client. */
async function ends(made: AsyncGenerator<string>, read: (stream: ReadableStream) => Promise<unknown>) {
  let count = 0
  const stream = ReadableStream.from(untilEnd(made, () => (count += 1)))
  await read(stream.pipeThrough(new TextEncoderStream())).catch(() => undefined)
  return count
}

test.each([
  ['is read', pieces, (stream: ReadableStream) => new Response(stream).text()],
  ['is left before the first piece', pieces, (stream: ReadableStream) => stream.cancel()],
  ['fails', failing, (stream: ReadableStream) => new Response(stream).text()],
  [
    'is left in the middle',
    pieces,
    async (stream: ReadableStream) => {
      const reader = stream.getReader()
      await reader.read()
      await reader.cancel()
    },
  ],
])('an export that %s has ended', async (_, made, read) => {
  expect(await ends(made(), read)).toBeGreaterThanOrEqual(1)
})
