import type { Actor } from '../../shared/access-token.ts'
import { postNotFound } from '../posts/posts.ts'
import { hasFormOfSlug } from '../posts/slugs.ts'
import type { FavoriteStore } from './queries.ts'

export type FavoriteAnswer =
  | { readonly kind: 'found'; readonly favorited: boolean; readonly favoritesCount: number }
  | { readonly kind: 'moved'; readonly slug: string }

/** Idempotent: what is a favorite already stays one. The counter is kept by the statement that changes the favorites. */
export function createFavorites(store: FavoriteStore, changed: (slugs: readonly string[]) => Promise<void>) {
  async function find({ accountId }: Actor, slug: string): Promise<FavoriteAnswer> {
    const state = hasFormOfSlug(slug) ? await store.find(slug, accountId) : undefined
    if (state === undefined) throw postNotFound()
    if (state.slug !== slug) return { kind: 'moved', slug: state.slug }
    return { kind: 'found', favorited: state.favorited, favoritesCount: state.favoritesCount }
  }

  const change = (verb: 'add' | 'remove') => async (actor: Actor, slug: string) => {
    if (!hasFormOfSlug(slug)) throw postNotFound()
    await store[verb](slug, actor.accountId)
    const [answer] = await Promise.all([find(actor, slug), changed([slug])])
    if (answer.kind === 'moved') await changed([answer.slug])
    return answer
  }

  /** Which of these are favorites, in the order in which they are asked for; what is no public post is none. */
  async function among({ accountId }: Actor, slugs: readonly string[]): Promise<readonly string[]> {
    const favorites = new Set(await store.among(slugs.filter(hasFormOfSlug), accountId))
    return slugs.filter(slug => favorites.has(slug))
  }

  return { find, among, add: change('add'), remove: change('remove') }
}

export type Favorites = ReturnType<typeof createFavorites>
