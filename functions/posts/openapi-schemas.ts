import { Comment, CommentPage, CommentPatch, NewComment } from './schemas/comments.ts'
import { ListedPost, PostPage, TagCount, TagPage } from './schemas/lists.ts'
import { Author, FavoriteState, Favorites, NewPost, Post, PostPatch, Status } from './schemas/posts.ts'

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
