import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { taggedJson } from '../../shared/http/entity-tag.ts'
import { withQuery } from '../../shared/http/query.ts'
import type { Follows } from '../domain/follows.ts'
import { FollowingQuery, PageQuery } from '../schemas.ts'
import { type Guards, publicCacheControl, redirect } from './profiles.ts'

const noStore = 'no-store'

export function followRoutes(
  app: HttpApp,
  follows: Follows,
  cursors: Cursors,
  { authenticate, limit }: Guards,
): void {
  const change = (verb: 'follow' | 'unfollow' | 'isFollowing') =>
    async function change(c: HttpContext): Promise<Response> {
      const found = await follows[verb](actorOf(c), c.req.param('username') ?? '')
      if (found.kind === 'moved') return redirect(c, found, noStore)
      return c.json(found.value, 200, { 'cache-control': noStore })
    }

  const list = (name: 'followers' | 'following') =>
    withQuery(PageQuery, async (c, { limit, cursor }) => {
      const username = c.req.param('username') ?? ''
      const after = cursor === undefined ? undefined : cursors.open(name, cursor)
      const found = await follows[name](username, { after, limit })
      if (found.kind === 'moved') return redirect(c, found, publicCacheControl)
      const { items, next } = found.value
      const nextCursor = next === undefined ? null : cursors.seal(name, next)
      return taggedJson(c, JSON.stringify({ items, nextCursor }), publicCacheControl)
    })

  // Before /profile/{username}: nobody can have this name.
  app.get(
    '/profile/following',
    authenticate,
    withQuery(FollowingQuery, async (c, { usernames }) =>
      c.json({ usernames: await follows.followed(actorOf(c), usernames) }, 200, {
        'cache-control': 'private, no-store',
      }),
    ),
  )
  app.put('/profile/:username/follow', authenticate, limit, change('follow'))
  app.delete('/profile/:username/follow', authenticate, limit, change('unfollow'))
  app.get('/profile/:username/follow', authenticate, change('isFollowing'))
  app.get('/profile/:username/followers', list('followers'))
  app.get('/profile/:username/following', list('following'))
}
