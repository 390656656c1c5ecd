import * as v from 'valibot'
import { expect, test } from 'vitest'
import { createTestApp, type TestAccount } from '../test-app.ts'
import { Comment, CommentPage } from './schemas.ts'

const { createAccount, owner, ask, write, change } = await createTestApp()

async function say(as: TestAccount, slug: string, body: string, parentId: string | null = null) {
  const response = await ask('POST', `/posts/${slug}/comments`, { as, body: { body, parentId } })
  const text = await response.text()
  if (response.status !== 201) throw new Error(text)
  return v.parse(Comment, JSON.parse(text))
}

const comments = async (slug: string, query = '') => {
  const response = await ask('GET', `/posts/${slug}/comments${query}`)
  expect(response.status).toBe(200)
  return v.parse(CommentPage, await response.json())
}

const countOf = async (slug: string) =>
  JSON.parse(await (await ask('GET', `/posts/${slug}`)).text()).commentsCount
const at = (slug: string, { id }: { id: string }) => `/posts/${slug}/comments/${id}`
const remove = (as: TestAccount, slug: string, comment: { id: string; etag: string }) =>
  ask('DELETE', at(slug, comment), { as, headers: { 'if-match': comment.etag } })

test('creates comments in Markdown, changes, deletes and counts them', async () => {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  const { slug } = await write(ada)
  const comment = await say(bob, slug, '*Well* <script>alert(1)</script>')
  expect(comment).toMatchObject({
    html: '<p><em>Well</em> &lt;script&gt;alert(1)&lt;/script&gt;</p>',
    author: { username: bob.username, displayName: null },
    parentId: null,
    repliesCount: 0,
  })
  expect(await comments(slug)).toEqual({ items: [comment], nextCursor: null, commentsOpen: true })
  expect(await countOf(slug)).toBe(1)

  const patch = (as: TestAccount, etag: string) =>
    ask('PATCH', at(slug, comment), { as, body: { body: 'Better.' }, headers: { 'if-match': etag } })
  expect((await patch(ada, comment.etag)).status).toBe(403)
  const changed = await patch(bob, comment.etag)
  expect(changed.status).toBe(200)
  expect(await changed.json()).toMatchObject({ html: '<p>Better.</p>' })
  expect((await patch(bob, comment.etag)).status).toBe(412)
  expect((await ask('PATCH', at(slug, comment), { as: bob, body: { body: 'No' } })).status).toBe(428)

  expect((await remove(bob, slug, { ...comment, etag: changed.headers.get('etag') ?? '' })).status).toBe(204)
  expect((await comments(slug)).items).toEqual([])
  expect(await countOf(slug)).toBe(0)
})

test('keeps a deleted comment with replies as a placeholder', async () => {
  const [ada, bob] = [await createAccount(), await createAccount()]
  const { slug } = await write(ada)
  const top = await say(bob, slug, 'Top')
  const reply = await say(ada, slug, 'Reply', top.id)
  expect((await comments(slug)).items).toMatchObject([{ id: top.id, repliesCount: 1 }])
  expect((await comments(slug, `?parent=${top.id}`)).items).toEqual([reply])
  expect((await remove(bob, slug, top)).status).toBe(204)
  expect((await comments(slug)).items).toMatchObject([
    { id: top.id, isDeleted: true, author: null, body: '', html: '', repliesCount: 1 },
  ])
  expect(await countOf(slug)).toBe(1)
  for (const id of [top.id, 'x']) {
    const again = await remove(bob, slug, { ...top, id })
    expect(again.status).toBe(404)
    expect(await again.json()).toMatchObject({ detail: 'There is no such comment.' })
  }
  const late = await ask('POST', `/posts/${slug}/comments`, {
    as: bob,
    body: { body: 'Late', parentId: top.id },
  })
  expect(late.status).toBe(422)
  const other = await write(ada)
  const elsewhere = await ask('POST', `/posts/${other.slug}/comments`, {
    as: bob,
    body: { body: 'x', parentId: reply.id },
  })
  expect(elsewhere.status).toBe(422)
})

test('a concurrent reply and deletion of its parent leave no orphan and no error', async () => {
  const ada = await createAccount()
  const { slug } = await write(ada)
  for (let round = 0; round < 10; round += 1) {
    const top = await say(ada, slug, 'Top')
    const [removed, replied] = await Promise.all([
      remove(ada, slug, top),
      ask('POST', `/posts/${slug}/comments`, { as: ada, body: { body: 'Reply', parentId: top.id } }),
    ])
    expect(removed.status).toBe(204)
    expect([201, 422]).toContain(replied.status)
  }
  expect(await owner.query(drifted)).toEqual([])
})

test('pages through comments, oldest or newest first, each once', async () => {
  const ada = await createAccount()
  const { slug } = await write(ada)
  const written: string[] = []
  for (let n = 0; n < 5; n += 1) written.push((await say(ada, slug, `Comment ${n}`)).id)
  for (const order of ['oldest', 'newest']) {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const found = await comments(slug, `?order=${order}&limit=2${cursor && `&cursor=${cursor}`}`)
      seen.push(...found.items.map(item => item.id))
      cursor = found.nextCursor
    }
    expect(seen).toEqual(order === 'oldest' ? written : written.toReversed())
  }
})

test('the author of a post can close its comments and delete them', async () => {
  const [ada, bob] = [await createAccount(), await createAccount()]
  const post = await write(ada)
  const comment = await say(bob, post.slug, 'First!')
  expect((await change(ada, post.slug, post.etag, { commentsOpen: false })).status).toBe(200)
  const closed = await ask('POST', `/posts/${post.slug}/comments`, { as: bob, body: { body: 'More' } })
  expect(closed.status).toBe(403)
  expect(await comments(post.slug)).toMatchObject({ commentsOpen: false, items: [{ id: comment.id }] })
  expect((await remove(ada, post.slug, comment)).status).toBe(204)
})

test('shows and accepts no comments on a post that is not public', async () => {
  const ada = await createAccount()
  const { slug } = await write(ada, { status: 'draft' })
  expect((await ask('GET', `/posts/${slug}/comments`)).status).toBe(404)
  expect((await ask('POST', `/posts/${slug}/comments`, { as: ada, body: { body: 'x' } })).status).toBe(404)
})

test('creates a comment with an Idempotency-Key once', async () => {
  const ada = await createAccount()
  const { slug } = await write(ada)
  const send = (body: string) =>
    ask('POST', `/posts/${slug}/comments`, { as: ada, body: { body }, headers: { 'idempotency-key': 'k1' } })
  const answers = await Promise.all([send('Once'), send('Once')])
  const bodies = await Promise.all(answers.map(answer => answer.json()))
  expect(bodies[0]).toEqual(bodies[1])
  expect((await comments(slug)).items).toHaveLength(1)
  expect((await send('Twice')).status).toBe(422)
})

const drifted = {
  name: 'drifted_comments',
  text: `select post_id from posts.post_counts counts
    where comments <> (select count(*) from posts.comments where post_id = counts.post_id and deleted_at is null)`,
}
