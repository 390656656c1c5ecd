import { Comment, CommentPage, CommentPatch, NewComment } from './comments/schemas.ts'
import { ListedPost, PostPage, TagCount, TagPage } from './lists/schemas.ts'
import { Author, FavoriteState, Favorites, NewPost, Post, PostPatch, Status } from './posts/schemas.ts'

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
