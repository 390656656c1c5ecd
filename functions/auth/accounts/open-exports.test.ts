import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AccountIdSchema } from '../../shared/ids.ts'
import { createOpenExports } from './open-exports.ts'

const newAccount = () => v.parse(AccountIdSchema, randomUUID())

/** Pieces, and whether they have been ended by `return`, at the last one or by a failure. */
function pieces({ failing = false } = {}) {
  const state = { isFreed: false }
  async function* make(): AsyncGenerator<string> {
    try {
      yield 'first'
      if (failing) throw new Error('Postgres is unavailable')
      yield 'second'
    } finally {
      state.isFreed = true
    }
  }
  return { state, made: make() }
}

/** The stream that carries an export to its client. */
const streamOf = (read: AsyncIterable<string>) =>
  ReadableStream.from(read).pipeThrough(new TextEncoderStream())
const textOf = (read: AsyncIterable<string>) => new Response(streamOf(read)).text()

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

test('a process has sixteen at a time', () => {
  const exports = createOpenExports()
  for (let n = 0; n < 16; n += 1) exports.open(newAccount(), pieces().made)
  expect(() => exports.open(newAccount(), pieces().made)).toThrow(
    expect.objectContaining({ code: 'unavailable' }),
  )
})

test('where all places are taken, the oldest is given up once it has had a minute', async () => {
  let nowMs = 0
  const exports = createOpenExports(() => nowMs)
  const readers = Array.from({ length: 16 }, () =>
    exports.open(newAccount(), pieces().made)[Symbol.asyncIterator](),
  )
  nowMs = 60_000
  for (const reader of readers) await reader.next()
  expect(await textOf(exports.open(newAccount(), pieces().made))).toBe('firstsecond')
  await expect(readers[0]?.next()).rejects.toThrow('stopped before its last piece')
  expect(await readers[1]?.next()).toEqual({ done: false, value: 'second' })
})

test('a new one of the same account ends the former, which fails instead of looking whole', async () => {
  const exports = createOpenExports()
  const account = newAccount()
  const former = pieces()
  const reading = exports.open(account, former.made)[Symbol.asyncIterator]()
  expect(await reading.next()).toEqual({ done: false, value: 'first' })
  expect(await textOf(exports.open(account, pieces().made))).toBe('firstsecond')
  expect(former.state.isFreed).toBe(true)
  await expect(reading.next()).rejects.toThrow('stopped before its last piece')
})

test('one that nobody reads for 30 s is ended', async () => {
  const exports = createOpenExports()
  const { made, state } = pieces()
  const reading = exports.open(newAccount(), made)[Symbol.asyncIterator]()
  await reading.next()
  vi.advanceTimersByTime(30_000)
  await expect(reading.next()).rejects.toThrow('stopped before its last piece')
  expect(state.isFreed).toBe(true)
})

test.each<[string, boolean, (read: AsyncIterable<string>) => Promise<unknown>]>([
  ['is read', false, textOf],
  ['is left before the first piece', false, read => streamOf(read).cancel()],
  ['fails', true, textOf],
  [
    'is left in the middle',
    false,
    async read => {
      const reader = streamOf(read).getReader()
      await reader.read()
      await reader.cancel()
    },
  ],
])('an export that %s leaves its place', async (_, failing, read) => {
  const exports = createOpenExports()
  for (let n = 0; n < 17; n += 1)
    await read(exports.open(newAccount(), pieces({ failing }).made)).catch(() => undefined)
})
