import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { localHost } from '../cluster/local-gateway.ts'
import { gateway, request } from './api.ts'

const { address, port } = gateway.secure
const target = { host: address, port, servername: localHost }

test('plain HTTP redirects to the same address over HTTPS and keeps the method', async () => {
  const response = await request('GET', '/posts?limit=1', { plain: true })
  expect(response.status).toBe(308)
  expect(response.headers.location).toBe(`https://${gateway.secure.authority}/posts?limit=1`)
})

test('the certificate is issued by the local authority: a client that does not trust it rejects it', async () => {
  const refusal = await new Promise(resolve => {
    const socket = connect(target)
    socket.once('error', resolve)
    socket.once('secureConnect', () => resolve(undefined))
  })
  expect(refusal).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
})

test('HTTP/2 is offered', async () => {
  const protocol = await new Promise((resolve, reject) => {
    const socket = connect({
      ...target,
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

test('the API reference is a page of the host, under a policy of its own', async () => {
  const response = await request('GET', '/docs')
  expect(response.status, response.text.slice(0, 200)).toBe(200)
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(response.headers['content-security-policy']).toBe("connect-src 'self'; frame-ancestors 'none'")
  expect(response.text).toContain('<title>IOD Functions: API reference</title>')
})
