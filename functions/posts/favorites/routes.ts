import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import { type Documentation, type Guards, operation, route } from '../../shared/http/route.ts'
import type { Dependencies } from '../dependencies.ts'
import { slugMoved } from '../http/documentation.ts'
import { privateCacheControl, redirectToSlug } from '../http/responses.ts'
import type { LimitName } from '../limits.ts'
import { SlugParameter } from '../posts/schemas.ts'
import {
  addFavorite,
  type FoundFavorite,
  findFavorite,
  findFavoritesAmong,
  removeFavorite,
} from './favorites.ts'
import { FavoriteState, Favorites, FavoritesQuery } from './schemas.ts'

const listFavoritesAmong = operation({
  method: 'get',
  path: '/posts/favorites',
  authentication: 'required',
  query: FavoritesQuery,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'listFavoritesAmong',
        summary: 'Tell which of these posts are favorites of yours',
        description: 'One request for a page of posts. A slug without a public post is left out.',
        responses: { 200: { description: 'The favorites among them.', schema: Favorites } },
        problems: ['invalid_parameter'],
      },
})

const documentationOf = (operationId: string, summary: string, description?: string): Documentation => ({
  operationId,
  summary,
  ...(description !== undefined && { description }),
  responses: {
    200: { description: 'Whether the post is a favorite of yours now.', schema: FavoriteState },
    ...slugMoved,
  },
  problems: ['not_found'],
})

const isFavoritePost = operation({
  method: 'get',
  path: '/posts/{slug}/favorite',
  authentication: 'required',
  pathParameters: SlugParameter,
  documentation: import.meta.bundled
    ? undefined
    : documentationOf(
        'isFavoritePost',
        'Tell whether a post is a favorite of yours',
        'For many posts at once: `GET /posts/favorites`.',
      ),
})

const addFavoritePost = operation({
  method: 'put',
  path: '/posts/{slug}/favorite',
  authentication: 'required',
  limit: 'set-favorites',
  pathParameters: SlugParameter,
  documentation: import.meta.bundled
    ? undefined
    : documentationOf('addFavoritePost', 'Add a post to your favorites', 'Idempotent.'),
})

const removeFavoritePost = operation({
  method: 'delete',
  path: '/posts/{slug}/favorite',
  authentication: 'required',
  limit: 'set-favorites',
  pathParameters: SlugParameter,
  documentation: import.meta.bundled
    ? undefined
    : documentationOf('removeFavoritePost', 'Remove a post from your favorites', 'Idempotent.'),
})

export const favoriteOperations = [listFavoritesAmong, isFavoritePost, addFavoritePost, removeFavoritePost]

export function favoriteRoutes(app: HttpApp, guards: Guards<LimitName>, dependencies: Dependencies): void {
  route(app, guards, listFavoritesAmong, async (c, { actor, query: { slugs } }) =>
    c.json({ slugs: await findFavoritesAmong(dependencies, { actor, slugs }) }, 200, {
      'cache-control': privateCacheControl,
    }),
  )
  route(app, guards, isFavoritePost, async (c, { actor, params: { slug } }) =>
    respond(c, await findFavorite(dependencies, { actor, slug })),
  )
  route(app, guards, addFavoritePost, async (c, { actor, params: { slug } }) =>
    respond(c, await addFavorite(dependencies, { actor, slug })),
  )
  route(app, guards, removeFavoritePost, async (c, { actor, params: { slug } }) =>
    respond(c, await removeFavorite(dependencies, { actor, slug })),
  )
}

function respond(c: HttpContext, found: FoundFavorite): Response {
  if (found.kind === 'moved') return redirectToSlug(c, found.slug, false)
  const { favorited, favoritesCount } = found
  return c.json({ favorited, favoritesCount }, 200, { 'cache-control': privateCacheControl })
}
