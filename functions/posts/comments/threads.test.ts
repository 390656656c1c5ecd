import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { clearEmptiedComments } from '../maintenance/queries.ts'
import { createTestApp, type TestAccount } from '../test-app.ts'

const { createAccount, ask, write, change, owner } = await createTestApp()
const json = async (response: Response) => JSON.parse(await response.text())

test('a comment cursor stays valid after a change of slug, and is invalid for another post', async () => {
  const ada = await createAccount()
  const [post, other] = [await write(ada), await write(ada)]
  for (const body of ['one', 'two'])
    await ask('POST', `/posts/${post.slug}/comments`, { as: ada, body: { body } })
  const { nextCursor } = await json(await ask('GET', `/posts/${post.slug}/comments?limit=1`))
  const renamed = await json(await change(ada, post.slug, post.etag, { slug: randomUUID() }))
  const second = await json(await ask('GET', `/posts/${renamed.slug}/comments?limit=1&cursor=${nextCursor}`))
  expect(second.items).toMatchObject([{ body: 'two' }])
  expect((await ask('GET', `/posts/${other.slug}/comments?cursor=${nextCursor}`)).status).toBe(400)
})

test('a post with more comments than one transaction deletes is deleted with all of them', async () => {
  const ada = await createAccount()
  const post = await write(ada)
  const path = `/posts/${post.slug}`
  const first = await json(await ask('POST', `${path}/comments`, { as: ada, body: { body: 'a' } }))
  await owner.query(chain, [post.slug, first.id, 2_500])
  const { etag = '' } = Object.fromEntries((await ask('GET', path, { as: ada })).headers)
  const remove = () => ask('DELETE', path, { as: ada, headers: { 'if-match': etag } })
  expect((await remove()).status).toBe(204)
  expect((await remove()).status).toBe(404)
  const left = { name: '', text: 'select from posts.comments where post_id = $1::uuid' }
  expect(await owner.query(left, [post.id])).toEqual([])
})

test('counts at most a hundred replies to a comment', async () => {
  const ada = await createAccount()
  const { slug } = await write(ada)
  const { id } = await json(await ask('POST', `/posts/${slug}/comments`, { as: ada, body: { body: 'a' } }))
  const text = `insert into posts.comments (author_id, post_id, account_id, parent_id, body, html)
    select author_id, post_id, author_id, id, '', '' from posts.comments, generate_series(1, 120) where id = $1::uuid`
  await owner.query({ name: '', text }, [id])
  const [first] = (await json(await ask('GET', `/posts/${slug}/comments`))).items
  expect(first.repliesCount).toBe(100)
})

test('an id may be written in capitals, as some languages do', async () => {
  const ada = await createAccount()
  const comments = `/posts/${(await write(ada)).slug}/comments`
  const parent = await json(await ask('POST', comments, { as: ada, body: { body: 'a' } }))
  const id = parent.id.toUpperCase()
  const reply = await json(await ask('POST', comments, { as: ada, body: { body: 'b', parentId: id } }))
  expect(reply.parentId).toBe(parent.id)
  expect((await json(await ask('GET', `${comments}?parent=${id}`))).items).toHaveLength(1)
  const options = { as: ada, body: { body: 'c' }, headers: { 'if-match': '*' } }
  expect(await json(await ask('PATCH', `${comments}/${id}`, options))).toMatchObject({
    id: parent.id,
    body: 'c',
  })
})

/** Deleted comments below the second parameter, each a reply to the one before it; the last is not deleted. */
/** Replies to replies, each newer than its parent; only the last one is no placeholder, and is returned. */
const chain = {
  name: '',
  text: `with place as (
      select author_id, id as post_id from posts.posts where slug = $1::text
    ), link as materialized (
      select n, uuidv7() as id from generate_series(1, $3::int) n
    ), made as (
      insert into posts.comments (author_id, post_id, account_id, id, parent_id, body, html, deleted_at)
      select author_id, post_id, author_id, id, coalesce(lag(id) over (order by n), $2::uuid), '', '',
        case when n < $3 then now() end
      from place, link
    )
    select id from link where n = $3`,
}

describe('placeholders of deleted comments', () => {
  async function thread(ada: TestAccount) {
    const { slug } = await write(ada)
    const add = async (parentId?: string) =>
      json(
        await ask('POST', `/posts/${slug}/comments`, {
          as: ada,
          body: { body: 'x', ...(parentId && { parentId }) },
        }),
      )
    const remove = ({ id }: { id: string }) =>
      ask('DELETE', `/posts/${slug}/comments/${id}`, { as: ada, headers: { 'if-match': '*' } })
    const count = async () => {
      const text =
        'select count(*)::int as n from posts.comments comment join posts.posts post on post.id = post_id where slug = $1'
      return (await owner.query<{ n: number }>({ name: '', text }, [slug]))[0]?.n
    }
    return { slug, add, remove, count }
  }

  test('disappear with the last reply, along a whole chain', async () => {
    const { add, remove, count } = await thread(await createAccount())
    const first = await add()
    const second = await add(first.id)
    const third = await add(second.id)
    await remove(first)
    await remove(second)
    expect(await count()).toBe(3)
    await remove(third)
    expect(await count()).toBe(0)
  })

  test('disappear in parts along a chain of thousands', async () => {
    const ada = await createAccount()
    const { slug, add, remove, count } = await thread(ada)
    const first = await add()
    while (await clearEmptiedComments(owner));
    const [last = first] = await owner.query<{ id: string }>(chain, [slug, first.id, 3_000])
    await remove(last)
    expect(await count()).toBe(2_500)
    const cleared: number[] = []
    while (await clearEmptiedComments(owner)) cleared.push((await count()) ?? 0)
    expect(cleared).toEqual([1_999, 1_498, 997, 496, 1])
    await remove(first)
    expect(await count()).toBe(0)
    // A busy machine has a minute.
  }, 60_000)

  test('stay while there is a reply, and disappear when the last two are deleted concurrently', async () => {
    const { add, remove, count } = await thread(await createAccount())
    const parent = await add()
    const replies = [await add(parent.id), await add(parent.id), await add(parent.id)]
    await remove(parent)
    await remove(replies[0])
    expect(await count()).toBe(3)
    await Promise.all(replies.slice(1).map(remove))
    expect(await count()).toBe(0)
  })
})
