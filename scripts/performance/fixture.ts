import * as v from 'valibot'
import {
  type Client as ApiClient,
  createClient,
  memoryTokens,
  type TokenStore,
} from '../../functions/client/index.ts'
import { withClient } from '../../functions/migrate/with-client.ts'
import type { FunctionName } from '../../functions/registry.ts'
import { type AccountId, AccountIdSchema } from '../../functions/shared/ids.ts'
import { type Build, type Fixture, startFunction } from './benchmark.ts'

const postCount = 200
const authorCount = 64
export const json = { 'content-type': 'application/json' }

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
  const tokens = memoryTokens()
  const { accessToken } = await withFunction(build, 'auth', tokens, async api => {
    return (await api.register({ body: { ...credentials, username } })).data
  })
  const slugs = await withFunction(build, 'posts', tokens, async api => {
    const created: string[] = []
    for (let n = 0; n < postCount; n++) created.push((await api.createPost({ body: postBody(n) })).data.slug)
    return created
  })
  const authors = await Promise.all(
    (await createAccounts(ownerUrl)).map(async id => `Bearer ${await signToken(id)}`),
  )
  return { username, credentials, authorization: `Bearer ${accessToken}`, authors, slugs }
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

const createAccounts = (databaseUrl: string): Promise<readonly AccountId[]> =>
  withClient(databaseUrl, async client =>
    v.parse(Accounts, (await client.query(insertAccounts)).rows).map(({ id }) => id),
  )

/** Starts the function for as long as `use` takes. Each function has an address of its own, and `tokens` are of both. */
async function withFunction<Result>(
  build: Pick<Build, 'folder' | 'environmentOf'>,
  name: FunctionName,
  tokens: TokenStore,
  use: (api: ApiClient) => Promise<Result>,
): Promise<Result> {
  await using server = await startFunction(build, name)
  return await use(createClient({ baseUrl: `http://127.0.0.1:${server.port}`, tokens, retries: 0 }))
}
