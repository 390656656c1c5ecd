import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import { withQuery } from '../../shared/http/query.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Guards } from '../http/guards.ts'
import { privateCacheControl, redirectToSlug } from '../http/responses.ts'
import {
  addFavorite,
  type FoundFavorite,
  findFavorite,
  findFavoritesAmong,
  removeFavorite,
} from './favorites.ts'
import { FavoritesQuery } from './schemas.ts'

export function favoriteRoutes(app: HttpApp, dependencies: Dependencies, { required, limit }: Guards): void {
  app.get(
    '/posts/favorites',
    required,
    withQuery(FavoritesQuery, async (c, { slugs }) => {
      const favorites = await findFavoritesAmong(dependencies, { actor: actorOf(c), slugs })
      return c.json({ slugs: favorites }, 200, { 'cache-control': privateCacheControl })
    }),
  )

  const respond =
    (useCase: (dependencies: Dependencies, favorite: Favorite) => Promise<FoundFavorite>) =>
    async (c: HttpContext): Promise<Response> => {
      const found = await useCase(dependencies, { actor: actorOf(c), slug: c.req.param('slug') ?? '' })
      if (found.kind === 'moved') return redirectToSlug(c, found.slug, false)
      const { favorited, favoritesCount } = found
      return c.json({ favorited, favoritesCount }, 200, { 'cache-control': privateCacheControl })
    }
  type Favorite = Parameters<typeof findFavorite>[1]

  const limitChanges = limit('set-favorites')
  app.get('/posts/:slug/favorite', required, respond(findFavorite))
  app.put('/posts/:slug/favorite', required, limitChanges, respond(addFavorite))
  app.delete('/posts/:slug/favorite', required, limitChanges, respond(removeFavorite))
}
