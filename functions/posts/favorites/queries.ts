import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { isPublic, sharesAccount } from '../posts/post-columns.ts'

export interface FavoriteState {
  readonly slug: string
  readonly favorited: boolean
  readonly favoritesCount: number
}

const publicPost = `select post.author_id, post.id, post.slug
      from posts.slugs directory
      join posts.posts post on post.author_id = directory.author_id and post.id = directory.post_id
      where directory.slug = $1::text and ${isPublic('post')}`

/** The counter is read by a later statement: a statement does not see what its own data-modifying parts have done. */
const insertStatement = {
  name: 'insert_favorite',
  isIdempotent: true,
  text: `with post as (${publicPost} and ${sharesAccount('$2')} for key share of post), added as (
      insert into posts.favorites (author_id, post_id, account_id)
      select author_id, id, $2::uuid from post
      on conflict (author_id, post_id, account_id) do nothing
    )
    select slug from post`,
}

const deleteStatement = {
  name: 'delete_favorite',
  isIdempotent: true,
  text: `with post as (${publicPost} for key share of post), removed as (
      delete from posts.favorites favorite using post
      where favorite.author_id = post.author_id and favorite.post_id = post.id and favorite.account_id = $2::uuid
    )
    select slug from post`,
}

export const selectFavorite = {
  name: 'select_favorite',
  text: `select post.slug, counts.favorites as "favoritesCount", exists (
        select from posts.favorites favorite
        where favorite.author_id = post.author_id and favorite.post_id = post.id and favorite.account_id = $2::uuid
      ) as favorited
    from (${publicPost}) post
    join posts.post_counts counts on counts.author_id = post.author_id and counts.post_id = post.id`,
}

/** Looked up by slug, because an account can have any number of favorites. */
const selectFavorites = {
  name: 'select_favorites',
  text: `select directory.slug
    from unnest($1::text[]) asked (slug)
    join posts.slugs directory on directory.slug = asked.slug
    join posts.posts post on post.author_id = directory.author_id and post.id = directory.post_id
    where ${isPublic('post')} and exists (
      select from posts.favorites favorite
      where favorite.author_id = post.author_id and favorite.post_id = post.id and favorite.account_id = $2::uuid
    )`,
}

export interface Favorite {
  readonly slug: string
  readonly accountId: AccountId
}

/** Does nothing if there is no public post with this slug. */
export async function insertFavorite(db: Queryable, { slug, accountId }: Favorite): Promise<void> {
  await db.query(insertStatement, [slug, accountId])
}

export async function deleteFavorite(db: Queryable, { slug, accountId }: Favorite): Promise<void> {
  await db.query(deleteStatement, [slug, accountId])
}

/** Undefined if there is no public post with this slug. */
export async function findFavorite(
  db: Queryable,
  { slug, accountId }: Favorite,
): Promise<FavoriteState | undefined> {
  return (await db.query<FavoriteState>(selectFavorite, [slug, accountId]))[0]
}

/** Those of `slugs` that name a favorite. */
export async function findFavorites(
  db: Queryable,
  { slugs, accountId }: { readonly slugs: readonly string[]; readonly accountId: AccountId },
): Promise<readonly string[]> {
  return (await db.query<{ slug: string }>(selectFavorites, [slugs, accountId])).map(({ slug }) => slug)
}
