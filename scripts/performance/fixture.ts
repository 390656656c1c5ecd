import { Agent } from 'node:http'
import * as v from 'valibot'
import { type Bench, environmentOf, functionsOf, programOf } from './bench.ts'
import { once, type Target } from './load.ts'
import { startServer, writeCodeCache } from './server.ts'

/** An account and some posts of it, made through the API. */
export interface Fixture {
  readonly email: string
  readonly password: string
  readonly username: string
  readonly authorization: string
  readonly slugs: readonly string[]
}

const Registered = v.object({ accessToken: v.string() })
const Post = v.object({ slug: v.string() })
const postCount = 200
export const json = { 'content-type': 'application/json' }

let lastAccount = 0

export async function createFixture(bench: Bench): Promise<Fixture> {
  const [build] = bench.builds
  if (build === undefined) throw new Error('there is no build')
  lastAccount += 1
  const username = `runner-${lastAccount}`
  const email = `${username}@example.test`
  const password = `a long walk by the sea ${lastAccount}`
  const agent = new Agent({ keepAlive: true })
  const names = functionsOf([build])

  const call = async (name: (typeof names)[number], targets: readonly Omit<Target, 'port'>[]) => {
    const file = programOf(build, name)
    writeCodeCache(file, environmentOf(bench, name))
    const server = await startServer(file, environmentOf(bench, name))
    try {
      const answers: string[] = []
      for (const target of targets) answers.push(await once({ ...target, port: server.port }, agent))
      return answers
    } finally {
      await server.stop()
    }
  }

  const post = (name: string, path: string, body: unknown, headers = {}) => ({
    name,
    method: 'POST',
    paths: [path],
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
    status: 201,
  })
  const [account = ''] = await call('auth', [
    post('register', '/auth/register', { email, username, password }),
  ])
  const authorization = `Bearer ${v.parse(Registered, JSON.parse(account)).accessToken}`
  const posts = Array.from({ length: postCount }, (_, n) =>
    post('create', '/posts', postBody(n), { authorization }),
  )
  const created = names.includes('posts') ? await call('posts', posts) : []
  agent.destroy()
  const slugs = created.map(text => v.parse(Post, JSON.parse(text)).slug)
  return { email, password, username, authorization, slugs }
}

/** About 2 kB, as a short article has. */
export const postBody = (n: number | string) => ({
  title: `Notes from day ${n}`,
  body: `## Day ${n}\n\n${'The tide went out, and the *sand* kept the shape of the waves. '.repeat(30)}`,
  tags: ['sea', `day-${Number(n) % 10 || 0}`],
})
