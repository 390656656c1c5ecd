import { Comment, CommentPage, CommentPatch, NewComment } from './comments/schemas.ts'
import { FavoriteState, Favorites } from './favorites/schemas.ts'
import { ListedPost, PostPage } from './lists/schemas.ts'
import { Author, NewPost, Post, PostPatch, Status } from './posts/schemas.ts'
import { TagCount, TagPage } from './tags/schemas.ts'

/** Names of the schemas of posts in `components.schemas`. */
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
