import { expect, test } from 'vitest'
import { createTestApp, readJson } from '../test-app.ts'
import { authoredColumns, type ColumnsOf, fieldNames, postColumns } from './post-fields.ts'
import { insertStatement, updateStatement } from './queries.ts'
import { type AuthoredFields, NewPost, PostPatch } from './schemas.ts'

const { createAccount, ask, write, change } = await createTestApp()

test('a field that one side forgets is a type error', () => {
  const { language: _, ...forgotten } = authoredColumns
  // @ts-expect-error The table has no column for `language`.
  const incomplete: ColumnsOf<AuthoredFields> = forgotten
  interface WithAnother extends AuthoredFields {
    readonly another: string
  }
  // @ts-expect-error The schema has a field `another` that the table does not have.
  const behind: ColumnsOf<WithAnother> = authoredColumns
  // @ts-expect-error The table has a column `another` that the schema does not have.
  const ahead: ColumnsOf<AuthoredFields> = { ...authoredColumns, another: postColumns.title }
  expect([incomplete, behind, ahead]).toHaveLength(3)
})

/** Another value than a new post has, for each member of a patch. */
const others: { readonly [Name in keyof Required<PostPatch>]: PostPatch[Name] } = {
  title: 'Another title',
  body: 'Another body.',
  summary: 'Another summary.',
  tags: ['another'],
  status: 'archived',
  publishedAt: new Date('2020-01-02T03:04:05.000Z'),
  coverImageUrl: 'https://pictures.test/another.png',
  canonicalUrl: 'https://another.test/post',
  language: 'de',
  commentsOpen: false,
  slug: 'another-slug',
}

test.each(Object.entries(others))('a new %s is written by POST and by PATCH', async (name, value) => {
  const ada = await createAccount('ada')
  const expected = value instanceof Date ? value.toISOString() : value
  const post = await write(ada)
  const changed = await change(ada, post.slug, post.etag, { [name]: value })
  expect(changed.status).toBe(200)
  expect(changed.headers.get('etag')).not.toBe(post.etag)
  const { slug, [name]: read } = await readJson(changed)
  expect(read).toEqual(expected)
  const again = await ask('GET', `/posts/${slug}`, { as: ada })
  expect((await readJson(again))[name]).toEqual(expected)

  const created = await write(await createAccount('bob'), { [name]: name === 'slug' ? `${value}-2` : value })
  expect({ ...created }).toMatchObject({ [name]: name === 'slug' ? `${value}-2` : expected })
})

test('POST and PATCH accept the same members, and every one that is written has a column', () => {
  expect(Object.keys(PostPatch.entries).toSorted()).toEqual(Object.keys(NewPost.entries).toSorted())
  const { status: _, ...written } = NewPost.entries
  expect(fieldNames).toEqual(expect.arrayContaining(Object.keys(written)))
})

test('the statements made from the table', () => {
  expect(insertStatement.text).toMatchInlineSnapshot(`
    "with claimed as (
          insert into posts.slugs (author_id, post_id, slug) values ($1::uuid, uuidv7(), $2::text)
          on conflict (slug) do nothing
          returning author_id, post_id
        ), post as (
          insert into posts.posts (author_id, id, slug, state, published_at, title, summary, body, tags, language, cover_image_url, canonical_url, comments_open, html, excerpt, reading_minutes)
          select author_id, post_id, $2::text, $3::text, case when $3::text = 'published' then coalesce($4::timestamptz, posts.now_ms()) else $4::timestamptz end, $5::text, $6::text, $7::text, $8::text[], $9::text, $10::text, $11::text, $12::boolean, $13::text, $14::text, $15::int from claimed
          returning author_id, id, version, created_at, updated_at, slug, state, published_at, title, summary, body, tags, language, cover_image_url, canonical_url, comments_open, html, excerpt, reading_minutes
        )
        select post.author_id as "authorId", post.id, post.version,
          case when post.state = 'published' and post.published_at > now() then 'scheduled' else post.state end as status,
          coalesce(author.username, 'deleted') as username, author.display_name as "displayName",
          author.avatar_url as "avatarUrl",
          counts.favorites as "favoritesCount", counts.comments as "commentsCount",
          post.created_at as "createdAt", post.updated_at as "updatedAt",
          post.slug as "slug", post.published_at as "publishedAt", post.title as "title", post.tags as "tags", post.language as "language", post.cover_image_url as "coverImageUrl", post.canonical_url as "canonicalUrl", post.comments_open as "commentsOpen", post.reading_minutes as "readingMinutes", post.summary, post.excerpt, post.body, post.html
        from post
        cross join (values (0, 0)) counts (favorites, comments)
        left join profile.authors author on author.id = post.author_id"
  `)
  expect(updateStatement.text).toMatchInlineSnapshot(`
    "update posts.posts
        set version = version + 1, updated_at = posts.now_ms(), slug = $3::text, state = $4::text, published_at = case when $4::text = 'published' then coalesce($5::timestamptz, posts.now_ms()) else $5::timestamptz end, title = $6::text, summary = $7::text, body = $8::text, tags = $9::text[], language = $10::text, cover_image_url = $11::text, canonical_url = $12::text, comments_open = $13::boolean, html = $14::text, excerpt = $15::text, reading_minutes = $16::int
        where author_id = $1::uuid and id = $2::uuid"
  `)
})
