import { expect, test } from 'vitest'
import { queryOnce } from '../../shared/testing/database.ts'
import { authoredColumns } from '../posts/post-fields.ts'
import { createTestApp, type TestAccount } from '../test-app.ts'

const { clock, createAccount, owner, ownerUrl, ask, write, page } = await createTestApp()

const erase = (account: TestAccount, mode: string) =>
  owner.query(eraseAccount, [account.actor.accountId, mode])
const comment = (as: TestAccount, slug: string, parentId: string | null = null) =>
  ask('POST', `/posts/${slug}/comments`, { as, body: { body: 'Words of mine.', parentId } })
const favorite = (as: TestAccount, slug: string) => ask('PUT', `/posts/${slug}/favorite`, { as })
const read = async (path: string) => JSON.parse(await (await ask('GET', path)).text())

/** Ada and Bob have posts, and have commented on and favorited each other's. */
async function neighbours() {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  const [adas, bobs] = [await write(ada, { tags: [`of-${ada.username}`] }), await write(bob)]
  const draft = await write(ada, { status: 'draft' })
  const top = JSON.parse(await (await comment(ada, bobs.slug)).text())
  await comment(bob, bobs.slug, top.id)
  await comment(ada, bobs.slug)
  await Promise.all([favorite(ada, bobs.slug), favorite(bob, adas.slug)])
  return { ada, bob, adas, bobs, draft }
}

test('deletes everything of an author but the placeholders of comments with replies', async () => {
  const { ada, bobs, adas, draft } = await neighbours()
  await erase(ada, 'delete')
  clock.advance(1_000)
  for (const { slug } of [adas, draft]) expect((await ask('GET', `/posts/${slug}`)).status).toBe(404)
  expect(await read(`/posts/${bobs.slug}`)).toMatchObject({ favoritesCount: 0, commentsCount: 1 })
  const { items } = await read(`/posts/${bobs.slug}/comments`)
  expect(items).toMatchObject([{ isDeleted: true, author: null, body: '', repliesCount: 1 }])
  expect(await traces(ada)).toEqual([])
})

test('deletes a placeholder with its last reply, no matter who wrote that', async () => {
  const { ada, bob, bobs } = await neighbours()
  const [carol, dave] = [await createAccount('carol'), await createAccount('dave')]
  const { slug } = await write(carol)
  const top = JSON.parse(await (await comment(ada, slug)).text())
  const reply = JSON.parse(await (await comment(dave, slug, top.id)).text())
  await comment(bob, slug, reply.id)
  for (const account of [ada, dave]) await erase(account, 'delete')
  const places = () =>
    queryOnce(ownerUrl, `select id from posts.comments where author_id = '${carol.actor.accountId}'`)
  expect(await places()).toHaveLength(3)
  await erase(bob, 'delete')
  clock.advance(1_000)
  expect(await places()).toHaveLength(0)
  expect((await ask('GET', `/posts/${bobs.slug}`)).status).toBe(404)
})

test('anonymizing an author keeps what was public, without a name', async () => {
  const { ada, bobs, adas, draft } = await neighbours()
  await erase(ada, 'anonymise')
  clock.advance(1_000)
  expect((await ask('GET', `/posts/${draft.slug}`)).status).toBe(404)
  expect(await read(`/posts/${adas.slug}`)).toMatchObject({
    author: { username: 'deleted', displayName: null },
    favoritesCount: 1,
  })
  expect((await page(`/posts?tag=of-${ada.username}`)).items).toHaveLength(1)
  const { items } = await read(`/posts/${bobs.slug}/comments`)
  expect(items).toMatchObject([
    { author: { username: 'deleted', displayName: null }, body: 'Words of mine.' },
    { author: { username: 'deleted', displayName: null }, body: 'Words of mine.' },
  ])
  expect(await traces(ada)).toEqual(['post'])
})

test('rejects an unknown mode', async () => {
  await expect(erase(await createAccount(), 'shred')).rejects.toThrow('mode must be')
})

test('exports everything that an author wrote', async () => {
  const { ada, adas, draft, bobs } = await neighbours()
  const views = ['exported_posts', 'exported_comments', 'exported_favorites']
  const id = `'${ada.actor.accountId}'`
  const rows = await Promise.all(
    views.map(view =>
      queryOnce(ownerUrl, `select data from posts.${view} where account_id = ${id} order by id`),
    ),
  )
  expect(rows.map(each => each.map(row => row['data']))).toMatchObject([
    [
      { slug: adas.slug, body: adas.body, state: 'published' },
      { slug: draft.slug, state: 'draft' },
    ],
    [{ post: bobs.slug, body: 'Words of mine.' }, { post: bobs.slug }],
    [{ post: bobs.slug }],
  ])
  const [post] = rows[0] ?? []
  const written = ['slug', 'state', 'publishedAt', ...Object.keys(authoredColumns)]
  expect(Object.keys(Object(post?.['data']))).toEqual(expect.arrayContaining(written))
})

async function traces({ actor }: TestAccount): Promise<readonly unknown[]> {
  const id = `'${actor.accountId}'`
  const rows = await queryOnce(
    ownerUrl,
    `select 'post' as trace from posts.posts where author_id = ${id}
     union all select 'comment' from posts.comments where account_id = ${id}
     union all select 'favorite' from posts.favorites where account_id = ${id}
     union all select 'key' from posts.idempotency_keys where account_id = ${id}`,
  )
  return rows.map(row => row['trace'])
}

/** In one transaction with the account, as auth does. */
const eraseAccount = {
  name: 'erase_test_account',
  text: `with erased as (select posts.erase_author($1::uuid, $2::text))
    delete from auth.accounts using erased where id = $1::uuid`,
}
