import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { ask, host, httpsPort } from './api.ts'

test('plain HTTP leads to the same address over HTTPS and keeps the method', async () => {
  const answer = await ask('GET', '/posts?limit=1', { plain: true })
  expect(answer.status).toBe(308)
  expect(answer.headers.location).toBe(`https://${host}:${httpsPort}/posts?limit=1`)
})

test('the certificate is the local authority’s: a client that does not trust it refuses', async () => {
  const refusal = await new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port: httpsPort, servername: host })
    socket.once('error', resolve)
    socket.once('secureConnect', () => resolve(undefined))
  })
  expect(refusal).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
})

test('HTTP/2 is offered', async () => {
  const protocol = await new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port: httpsPort,
      servername: host,
      ALPNProtocols: ['h2', 'http/1.1'],
      rejectUnauthorized: false,
    })
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      resolve(socket.alpnProtocol)
      socket.end()
    })
  })
  expect(protocol).toBe('h2')
})

test.each(['auth', 'profile', 'posts'])('%s reaches Postgres and Redis', async name => {
  const answer = await ask('GET', `/${name}/health`)
  expect(answer.status, answer.text).toBe(200)
  expect(answer.json()).toMatchObject({
    status: 'ok',
    checks: { postgres: { status: 'ok' }, redis: { status: 'ok' } },
  })
})
