import * as v from 'valibot'
import type { NewPost } from '../posts/posts/schemas.ts'
import { composeAll } from './test-apps.ts'
import {
  auth,
  type LargestUser,
  type LargestWrites,
  longestUsername,
  registerLargest,
  type Write,
} from './test-largest-users.ts'

export const appOf = await composeAll(auth)
const { owner } = auth

/** Each is repeated to the limit, and costs the renderer, the index or the answer most of its kind. */
const units: Readonly<Record<string, string>> = {
  ideographs: '日本語',
  'characters of four bytes': '😀 ',
  'characters that NFC makes three of': '\u{1D160}',
  links: '[a](https://b.test) ',
  'quotation marks': 'a "b c" ',
  paragraphs: 'a paragraph of a few words\n\n',
  'code blocks': '`a word`\n',
  'rows of a table': '|a column|another column|\n',
}
/** Code points after NFC, as the contract counts. */
const fill = (length: number, unit: string) =>
  unit.repeat(Math.floor(length / [...unit.normalize('NFC')].length))
const bodiesOf = (length: number): Readonly<Record<string, string>> => ({
  'distinct words': Array.from({ length: length / 6 }, (_, n) => `w${n}`)
    .join(' ')
    .slice(0, length),
  ...Object.fromEntries(Object.entries(units).map(([kind, unit]) => [kind, fill(length, unit)])),
})
const longestUrl = (n: string) => `https://${n}.test/`.padEnd(2_048, 'a')
const tags = (kind: string) => Array.from({ length: 10 }, (_, n) => `${kind}${n}`.padEnd(40, '語'))
/** Every member but those that say when it is published. */
type LongestPost = Omit<Required<v.InferInput<typeof NewPost>>, 'status' | 'publishedAt'>
const longestPost = (body: string, kind = 'a'): LongestPost => ({
  title: `${kind} ${'語 '.repeat(100)}`.slice(0, 200),
  body,
  summary: '😀'.repeat(500),
  tags: tags(kind),
  coverImageUrl: longestUrl(kind),
  canonicalUrl: longestUrl(kind),
  language: 'fr',
  commentsOpen: true,
  slug: `${kind}-${longestUsername()}`.padEnd(120, 'x'),
})

const Written = v.object({ id: v.string() })
const WrittenPost = v.object({ ...Written.entries, slug: v.string(), version: v.string() })

async function send(method: string, { path, token, body, headers }: Write): Promise<unknown> {
  const response = await appOf(path).request(path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path} → ${response.status} ${await response.text()}`)
  return response.json()
}

interface Target {
  readonly author: LargestUser
  readonly post: v.InferOutput<typeof WrittenPost>
  readonly path: string
}

async function writeLargest(body = fill(100_000, 'zebra ants ')): Promise<Target> {
  const author = await registerLargest()
  const write = { path: '/posts', token: author.accessToken, body: longestPost(body) }
  const post = v.parse(WrittenPost, await send('POST', write))
  return { author, post, path: `/posts/${post.slug}` }
}

const insertReaders = {
  name: 'insert_many_readers',
  text: `with reader as (
      select author_id, post_id, accounts.id as account_id
      from posts.slugs, auth.accounts where slug = $1::text and username like 'crowd-%'
    ), favorites as (
      insert into posts.favorites (author_id, post_id, account_id) select * from reader
    )
    insert into posts.comments (author_id, post_id, account_id, body, html)
    select *, 'A comment.', '<p>A comment.</p>' from reader`,
}
/** Each in reply to the one before. */
const insertChain = {
  name: 'insert_chain_of_replies',
  text: `with ids as materialized (
      select array_agg(id order by id) as ids from (select uuidv7() as id from generate_series(1, 500)) made
    )
    insert into posts.comments (author_id, post_id, id, parent_id, account_id, body, html)
    select author_id, post_id, ids[n], ids[n - 1], author_id, '', ''
    from posts.slugs, ids, generate_series(1, 500) n where slug = $1::text
    returning id`,
}
const emptyChain = {
  name: 'empty_chain_of_replies',
  text: `update posts.comments set account_id = null, deleted_at = now() where id = any ($1::uuid[])`,
}

async function writePopular(): Promise<Target> {
  const target = await writeLargest()
  await owner.query(insertReaders, [target.post.slug])
  return target
}

const comment = async ({ author, path }: Target, body: string, parentId?: string): Promise<Write> => {
  const comments = `${path}/comments`
  const write = { path: comments, token: author.accessToken, body: { body, parentId } }
  const { id } = v.parse(Written, await send('POST', write))
  return { path: `${comments}/${id}`, token: author.accessToken, headers: { 'if-match': '*' } }
}
const forBodies = (length: number, write: (body: string) => Promise<Write>) =>
  Object.fromEntries(Object.entries(bodiesOf(length)).map(([kind, body]) => [kind, () => write(body)]))
const byReader = async (target: Target): Promise<Write> => ({
  path: `${target.path}/favorite`,
  token: (await registerLargest()).accessToken,
})

/** What the routes of posts take at most. */
export const largestPostWrites: LargestWrites = {
  'POST /posts': forBodies(100_000, async body => ({
    path: '/posts',
    token: (await registerLargest()).accessToken,
    body: longestPost(body),
    headers: { 'idempotency-key': longestUsername().padEnd(200, 'k') },
  })),
  'PATCH /posts/{slug}': forBodies(100_000, async body => {
    const { author, post, path } = await writeLargest('Short.')
    return {
      path,
      token: author.accessToken,
      body: longestPost(body, 'b'),
      headers: { 'if-match': `"${post.version}"` },
    }
  }),
  'DELETE /posts/{slug}': {
    'a long post with many comments and favorites': async () => {
      const { author, path } = await writePopular()
      return { path, token: author.accessToken, headers: { 'if-match': '*' } }
    },
  },
  'PUT /posts/{slug}/favorite': { 'a popular post': async () => byReader(await writePopular()) },
  'DELETE /posts/{slug}/favorite': {
    'a popular post': async () => {
      const write = await byReader(await writePopular())
      await send('PUT', write)
      return write
    },
  },
  'POST /posts/{slug}/comments': forBodies(10_000, async body => {
    const { author, path } = await writePopular()
    return {
      path: `${path}/comments`,
      token: author.accessToken,
      body: { body },
      headers: { 'idempotency-key': longestUsername().padEnd(200, 'k') },
    }
  }),
  'PATCH /posts/{slug}/comments/{commentId}': forBodies(10_000, async body => ({
    ...(await comment(await writePopular(), 'Short.')),
    body: { body },
  })),
  'DELETE /posts/{slug}/comments/{commentId}': {
    'the longest of many': async () => comment(await writePopular(), fill(10_000, 'zebra ')),
    'the last reply of a chain of deleted comments': async () => {
      const target = await writeLargest('Short.')
      const rows = await owner.query<{ id: string }>(insertChain, [target.post.slug])
      const ids = rows.map(({ id }) => id).toSorted()
      const write = await comment(target, 'The last.', ids.at(-1))
      await owner.query(emptyChain, [ids])
      return write
    },
  },
}
