import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { environmentOf } from '../environment-of.ts'
import { posts } from '../posts/function.ts'
import { openFunctionParts } from '../shared/testing/function-parts.ts'
import { startFunction } from '../shared/testing/function-process.ts'

const parts = await openFunctionParts('iod_posts')
const { authorization } = await parts.createAccount('author')
const { port, memoryMb } = await startFunction('posts', environmentOf(posts, parts.target))

async function post(chunks: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  const head = Object.entries({
    host: 'api.test',
    ...authorization,
    'content-type': 'application/json',
    'transfer-encoding': 'chunked',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`POST /posts HTTP/1.1\r\n${head.join('')}\r\n${'1\r\n \r\n'.repeat(chunks)}0\r\n\r\n`)
  const [response] = await once(socket, 'data')
  socket.destroy()
  return String(response)
}

test('a body in chunks of one byte takes memory in proportion to its length, not to their number', async () => {
  await post(1)
  const beforeMb = memoryMb()
  expect(await post(600_000)).toMatch(/^HTTP\/1.1 400 .*"code":"malformed_body"/s)
  expect(memoryMb() - beforeMb).toBeLessThan(100)
})
