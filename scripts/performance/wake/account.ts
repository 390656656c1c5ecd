import { request as send } from 'node:https'
import { text } from 'node:stream/consumers'
import * as v from 'valibot'
import { json, postBody } from '../fixture.ts'
import type { Gateway } from './cluster.ts'
import { asHelloWorld, type Kind } from './copies.ts'

/** The static Go server that the functions are held against. */
export const baseline = 'helloworld-go'

const Registered = v.object({ accessToken: v.string(), user: v.object({ username: v.string() }) })
const Post = v.object({ slug: v.string() })

/** What is woken: the Go server, and one read or log-in of each function, with an account and a post made for it. */
export async function createKinds(gateway: Gateway): Promise<readonly Kind[]> {
  const name = `wake-${Date.now().toString(36)}`
  const credentials = { email: `${name}@example.test`, password: 'a long walk by the sea' }
  const account = await call(gateway, '/auth/register', { ...credentials, username: name })
  const { accessToken } = v.parse(Registered, JSON.parse(account))
  const post = await call(gateway, '/posts', postBody(1), { authorization: `Bearer ${accessToken}` })
  const { slug } = v.parse(Post, JSON.parse(post))
  return [
    { name: baseline, original: 'profile', change: asHelloWorld, method: 'GET', path: '/' },
    { name: 'posts', original: 'posts', method: 'GET', path: `/posts/${slug}` },
    { name: 'profile', original: 'profile', method: 'GET', path: `/profile/${name}` },
    {
      name: 'auth',
      original: 'auth',
      method: 'POST',
      path: '/auth/login',
      body: JSON.stringify(credentials),
    },
  ]
}

function call(gateway: Gateway, path: string, body: unknown, headers = {}): Promise<string> {
  const { host, port, ca } = gateway
  return new Promise((resolve, reject) => {
    const options = {
      ...{ host: '127.0.0.1', servername: host, port, ca, path, method: 'POST' },
      headers: { ...json, ...headers, host: `${host}:${port}` },
    }
    const outgoing = send(options, async incoming => {
      const answer = await text(incoming)
      if (incoming.statusCode === 201) resolve(answer)
      else reject(new Error(`POST ${path}: ${incoming.statusCode} ${answer.slice(0, 300)}`))
    })
    outgoing.once('error', reject)
    outgoing.end(JSON.stringify(body))
  })
}
