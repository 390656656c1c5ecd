import { systemOperations } from '../shared/http/system-routes.ts'
import { documented } from '../shared/openapi/documented-operation.ts'
import { commentOperations } from './comments/routes.ts'
import { Comment, CommentPage, CommentPatch, NewComment } from './comments/schemas.ts'
import { favoriteOperations } from './favorites/routes.ts'
import { FavoriteState, Favorites } from './favorites/schemas.ts'
import { feedOperations } from './feed/routes.ts'
import { listOperations } from './lists/routes.ts'
import { ListedPost, PostPage } from './lists/schemas.ts'
import { postOperations } from './posts/routes.ts'
import { Author, NewPost, Post, PostPatch, Status } from './posts/schemas.ts'
import { syndicationOperations } from './syndication/routes.ts'
import { tagOperations } from './tags/routes.ts'
import { TagCount, TagPage } from './tags/schemas.ts'

/** Every operation of the function, for the OpenAPI document and the tests. */
export const operations = [
  ...postOperations,
  ...listOperations,
  ...favoriteOperations,
  ...commentOperations,
  ...feedOperations,
  ...tagOperations,
  ...syndicationOperations,
  ...systemOperations('posts'),
].map(documented)

/** The names of its schemas in `components.schemas`. */
export const namedSchemas = {
  Post,
  NewPost,
  PostPatch,
  ListedPost,
  PostPage,
  PostStatus: Status,
  Author,
  TagCount,
  TagPage,
  Comment,
  NewComment,
  CommentPatch,
  CommentPage,
  FavoriteState,
  FavoriteSlugs: Favorites,
}
