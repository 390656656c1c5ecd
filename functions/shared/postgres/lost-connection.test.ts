import { expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { createTestDatabase } from '../testing/database.ts'
import { createTcpProxy } from '../testing/tcp-proxy.ts'
import { openDatabase } from './database.ts'

const { urlOf } = await createTestDatabase()

const readyForQuery = Buffer.from('Z\0\0\0\x05I', 'latin1')

/** An ErrorResponse, as a server that shuts down ends a connection with: length, fields, and a zero byte. */
function shutdownMessage(): Buffer {
  const fields = ['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection due to administrator command']
  const body = Buffer.from(`${fields.map(field => `${field}\0`).join('')}\0`, 'latin1')
  const head = Buffer.from('E\0\0\0\0', 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

test('a connection that is made and ended in one packet costs another one, and not the process', async () => {
  const url = new URL(urlOf.iod_posts)
  let ended = 0
  const proxy = await createTcpProxy({ host: url.hostname, port: Number(url.port) }, chunk => {
    if (ended > 0 || !chunk.subarray(-readyForQuery.length).equals(readyForQuery)) return chunk
    ended += 1
    return Buffer.concat([chunk, shutdownMessage()])
  })
  url.port = String(proxy.port())
  const database = await openDatabase({
    url: url.href,
    poolSize: 2,
    log: createLog('test', 'error', () => undefined),
  })
  expect(await database.query({ name: '', text: 'select 1 as n' })).toEqual([{ n: 1 }])
  expect(ended).toBe(1)
  await database.close()
})
