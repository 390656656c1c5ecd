import { Agent } from 'node:http'
import { Client } from 'pg'
import * as v from 'valibot'
import type { FunctionName } from '../../functions/registry.ts'
import { type AccountId, AccountIdSchema } from '../../functions/shared/ids.ts'
import { type Build, type Fixture, startFunction } from './benchmark.ts'
import { requestOnce, type Target } from './http-load.ts'

const postCount = 200
const authorCount = 64
export const json = { 'content-type': 'application/json' }
const Registered = v.object({ accessToken: v.string() })
const Post = v.object({ slug: v.string() })

/** The size of a short article, 2 kB. */
export const postBody = (n: number | string) => ({
  title: `Notes from day ${n}`,
  body: `## Day ${n}\n\n${'The tide went out, and the *sand* kept the shape of the waves. '.repeat(30)}`,
  tags: ['sea', `day-${Number(n) % 10 || 0}`],
})

export async function createFixture(
  build: Pick<Build, 'folder' | 'environmentOf'>,
  { ownerUrl, signToken }: Authors,
): Promise<Fixture> {
  const username = 'runner'
  const credentials = { email: `${username}@example.test`, password: 'a long walk by the sea' }
  const [account] = await create(build, 'auth', '/auth/register', [{ ...credentials, username }])
  const authorization = `Bearer ${v.parse(Registered, account).accessToken}`
  const bodies = Array.from({ length: postCount }, (_, n) => postBody(n))
  const posts = await create(build, 'posts', '/posts', bodies, { authorization })
  const authors = await Promise.all(
    (await createAccounts(ownerUrl)).map(async id => `Bearer ${await signToken(id)}`),
  )
  return { username, credentials, authorization, authors, slugs: posts.map(post => v.parse(Post, post).slug) }
}

interface Authors {
  readonly ownerUrl: string
  readonly signToken: (accountId: AccountId) => Promise<string>
}

/** Without a password: hashing one takes longer than all the rest. */
const insertAccounts = `insert into auth.accounts (email, email_key, username, username_key, password_hash)
    select name || '@example.test', name || '@example.test', name, name, ''
    from generate_series(1, ${authorCount}) n cross join lateral (select 'author-' || n as name) named
    returning id`
const Accounts = v.array(v.object({ id: AccountIdSchema }))

async function createAccounts(connectionString: string): Promise<readonly AccountId[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return v.parse(Accounts, (await client.query(insertAccounts)).rows).map(({ id }) => id)
  } finally {
    await client.end()
  }
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
