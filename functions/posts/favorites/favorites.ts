import type { Actor } from '../../shared/access-token.ts'
import type { Dependencies } from '../dependencies.ts'
import { postNotFound } from '../posts/post-errors.ts'
import { isWellFormedSlug } from '../posts/slugs.ts'
import * as queries from './queries.ts'

export type FoundFavorite =
  | { readonly kind: 'found'; readonly favorited: boolean; readonly favoritesCount: number }
  | { readonly kind: 'moved'; readonly slug: string }

interface FavoriteOf {
  readonly actor: Actor
  readonly slug: string
}

type Writes = Pick<Dependencies, 'db' | 'postCache'>

export async function findFavorite(
  { db }: Pick<Dependencies, 'db'>,
  { actor, slug }: FavoriteOf,
): Promise<FoundFavorite> {
  const { accountId } = actor
  const state = await queries.findFavorite(db, { slug, accountId })
  if (state === undefined) throw postNotFound()
  if (state.slug !== slug) return { kind: 'moved', slug: state.slug }
  return { kind: 'found', favorited: state.favorited, favoritesCount: state.favoritesCount }
}

export async function addFavorite(dependencies: Writes, { actor, slug }: FavoriteOf): Promise<FoundFavorite> {
  await queries.insertFavorite(dependencies.db, { slug, accountId: actor.accountId })
  return afterChange(dependencies, { actor, slug })
}

export async function removeFavorite(
  dependencies: Writes,
  { actor, slug }: FavoriteOf,
): Promise<FoundFavorite> {
  await queries.deleteFavorite(dependencies.db, { slug, accountId: actor.accountId })
  return afterChange(dependencies, { actor, slug })
}

/** Reads the state after the change: a statement does not see what its own data-modifying parts have done. */
async function afterChange(dependencies: Writes, favorite: FavoriteOf): Promise<FoundFavorite> {
  const { postCache } = dependencies
  const [found] = await Promise.all([
    findFavorite(dependencies, favorite),
    postCache.invalidate([favorite.slug]),
  ])
  if (found.kind === 'moved') await postCache.invalidate([found.slug])
  return found
}

/** Those of `slugs` that name a favorite of the actor, in the given order. */
export async function findFavoritesAmong(
  { db }: Pick<Dependencies, 'db'>,
  { actor, slugs }: { readonly actor: Actor; readonly slugs: readonly string[] },
): Promise<readonly string[]> {
  const { accountId } = actor
  const favorites = new Set(
    await queries.findFavorites(db, { slugs: slugs.filter(isWellFormedSlug), accountId }),
  )
  return slugs.filter(slug => favorites.has(slug))
}
