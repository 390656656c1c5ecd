import { Agent } from 'node:http'
import * as v from 'valibot'
import type { FunctionName } from '../../functions/registry.ts'
import { type Build, type Fixture, startFunction } from './benchmark.ts'
import { requestOnce, type Target } from './http-load.ts'

const postCount = 200
export const json = { 'content-type': 'application/json' }
const Registered = v.object({ accessToken: v.string() })
const Post = v.object({ slug: v.string() })

/** The size of a short article, 2 kB. */
export const postBody = (n: number | string) => ({
  title: `Notes from day ${n}`,
  body: `## Day ${n}\n\n${'The tide went out, and the *sand* kept the shape of the waves. '.repeat(30)}`,
  tags: ['sea', `day-${Number(n) % 10 || 0}`],
})

export async function createFixture(build: Pick<Build, 'folder' | 'environmentOf'>): Promise<Fixture> {
  const username = 'runner'
  const credentials = { email: `${username}@example.test`, password: 'a long walk by the sea' }
  const [account] = await create(build, 'auth', '/auth/register', [{ ...credentials, username }])
  const authorization = `Bearer ${v.parse(Registered, account).accessToken}`
  const bodies = Array.from({ length: postCount }, (_, n) => postBody(n))
  const posts = await create(build, 'posts', '/posts', bodies, { authorization })
  return { username, credentials, authorization, slugs: posts.map(post => v.parse(Post, post).slug) }
}

async function create(
  build: Pick<Build, 'folder' | 'environmentOf'>,
  name: FunctionName,
  path: string,
  bodies: readonly unknown[],
  headers = {},
): Promise<readonly unknown[]> {
  await using server = await startFunction(build, name)
  const agent = new Agent({ keepAlive: true })
  const created: unknown[] = []
  for (const content of bodies) {
    const target: Target = {
      ...{ name: path, port: server.port, method: 'POST', paths: [path], status: 201 },
      ...{ headers: { ...json, ...headers }, body: JSON.stringify(content) },
    }
    created.push(JSON.parse(await requestOnce(target, agent)))
  }
  agent.destroy()
  return created
}
