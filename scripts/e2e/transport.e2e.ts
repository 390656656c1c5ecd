import { once } from 'node:events'
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
  const connected = once(connect(target), 'secureConnect')
  await expect(connected).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
})

test('HTTP/2 is offered', async () => {
  const socket = connect({ ...target, ALPNProtocols: ['h2', 'http/1.1'], rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  expect(socket.alpnProtocol).toBe('h2')
  socket.end()
})

test('the API reference is a page of the host, under a policy of its own', async () => {
  const response = await request('GET', '/docs')
  expect(response.status, response.text.slice(0, 200)).toBe(200)
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(response.headers['content-security-policy']).toBe("connect-src 'self'; frame-ancestors 'none'")
  expect(response.text).toContain('<title>IOD Functions: API reference</title>')
})
