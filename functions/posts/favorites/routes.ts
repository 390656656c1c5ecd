import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import { withQuery } from '../../shared/http/query.ts'
import { type Guards, moved, privateCacheControl } from '../http/responses.ts'
import { FavoritesQuery } from '../posts/schemas.ts'
import type { Favorites } from './favorites.ts'

export function favoriteRoutes(app: HttpApp, favorites: Favorites, { required, limit }: Guards): void {
  // Before /posts/{slug}: no post has this name.
  app.get(
    '/posts/favorites',
    required,
    withQuery(FavoritesQuery, async (c, { slugs }) =>
      c.json({ slugs: await favorites.among(actorOf(c), slugs) }, 200, {
        'cache-control': privateCacheControl,
      }),
    ),
  )

  const answer = (verb: Exclude<keyof Favorites, 'among'>) =>
    async function answer(c: HttpContext): Promise<Response> {
      const found = await favorites[verb](actorOf(c), c.req.param('slug') ?? '')
      if (found.kind === 'moved') return moved(c, found.slug, false)
      const { favorited, favoritesCount } = found
      return c.json({ favorited, favoritesCount }, 200, { 'cache-control': privateCacheControl })
    }

  const limitChanges = limit('set-favorites')
  app.get('/posts/:slug/favorite', required, answer('find'))
  app.put('/posts/:slug/favorite', required, limitChanges, answer('add'))
  app.delete('/posts/:slug/favorite', required, limitChanges, answer('remove'))
}
