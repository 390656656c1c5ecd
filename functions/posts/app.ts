import type { VerifyAccessToken } from '../shared/access-token.ts'
import type { Connections } from '../shared/connections.ts'
import { accountLimits } from '../shared/http/account-limits.ts'
import { authenticate, authenticateOptionally } from '../shared/http/authenticate.ts'
import type { HttpApp } from '../shared/http/context.ts'
import type { Cursors } from '../shared/http/cursor.ts'
import { createFrame, refuseOtherMethods } from '../shared/http/frame.ts'
import { health } from '../shared/http/health.ts'
import { serveOpenApi } from '../shared/http/openapi.ts'
import type { Log } from '../shared/log.ts'
import type { Comments } from './comments/comments.ts'
import { commentRoutes } from './comments/routes.ts'
import type { Config } from './config.ts'
import type { Favorites } from './favorites/favorites.ts'
import { favoriteRoutes } from './favorites/routes.ts'
import type { Feed } from './feed/feed.ts'
import { readingRoutes } from './feed/routes.ts'
import { limits } from './limits.ts'
import type { Lists } from './lists/lists.ts'
import { listRoutes } from './lists/routes.ts'
import type { Posts } from './posts/posts.ts'
import type { ReadingOfPosts } from './posts/read-post.ts'
import { postRoutes } from './posts/routes.ts'
import type { Syndication } from './syndication/syndication.ts'
import type { Tags } from './tags/tags.ts'

/** What the domain offers to the routes. */
export interface Verbs {
  readonly posts: Posts
  readonly reading: ReadingOfPosts
  readonly lists: Lists
  readonly comments: Comments
  readonly favorites: Favorites
  readonly feed: Feed
  readonly tags: Tags
  readonly syndication: Syndication
}

export interface Dependencies {
  readonly config: Pick<Config, 'corsOrigins' | 'publicUrl' | 'version' | 'accountLimits'>
  readonly log: Log
  readonly verbs: Verbs
  readonly cursors: Cursors
  readonly verifyAccessToken: VerifyAccessToken
  readonly connections: Connections
}

export function createApp(dependencies: Dependencies): HttpApp {
  const { config, log, verbs, cursors, verifyAccessToken, connections } = dependencies
  const app = createFrame({ ...config, log })
  const guards = {
    required: authenticate(verifyAccessToken),
    optional: authenticateOptionally(verifyAccessToken),
    limit: accountLimits(connections.redis, limits, config.accountLimits),
  }
  // Before /posts/{slug}: no post has these names.
  app.get('/posts/health', health(config.version, connections))
  app.get('/posts/openapi.json', serveOpenApi)
  listRoutes(app, verbs.lists, cursors, guards)
  readingRoutes(app, verbs, cursors, guards)
  favoriteRoutes(app, verbs.favorites, guards)
  postRoutes(app, verbs.posts, verbs.reading, guards)
  commentRoutes(app, verbs.comments, cursors, guards)
  refuseOtherMethods(app)
  return app
}
