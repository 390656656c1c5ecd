import type { Statement } from '../../shared/postgres/database.ts'

/** 205 posts of the account $1 with the title $2, an hour old: more than a search ranks. */
export const insertNewerPosts: Statement = {
  name: '',
  text: `with new as (
      insert into posts.slugs (slug, author_id, post_id)
      select lower(replace($2::text, ' ', '-')) || '-' || n, $1::uuid, uuidv7() from generate_series(1, 205) n returning *
    )
    insert into posts.posts (author_id, id, slug, state, published_at, title, body, html, excerpt, reading_minutes)
    select author_id, post_id, slug, 'published', now() - interval '1 hour', $2::text, 'b', '<p>b</p>', 'b', 1
    from new`,
}
