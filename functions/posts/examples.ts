const id = '0199f3a2-7c1e-7d4b-9a53-2f6c1be0d7aa'
const commentId = '0199f3a8-11b2-7c90-8e1f-6d4f2a9c3b57'
const createdAt = '2026-11-02T09:30:00.000Z'
const updatedAt = '2026-11-03T16:05:12.480Z'
const body = 'The Engine *weaves* algebraic patterns.'

const listed = {
  id,
  version: `3-${id}`,
  slug: 'notes-on-the-engine',
  title: 'Notes on the Engine',
  tags: ['history', 'mathematics'],
  status: 'published',
  author: {
    username: 'ada',
    displayName: 'Ada Lovelace',
    avatarUrl: 'https://images.example.com/ada.png',
  },
  favoritesCount: 12,
  commentsCount: 1,
  createdAt,
  updatedAt,
  publishedAt: createdAt,
  coverImageUrl: null,
  canonicalUrl: null,
  language: 'en',
  commentsOpen: true,
  readingMinutes: 1,
  summary: 'What the Analytical Engine can do.',
  excerpt: 'The Engine weaves algebraic patterns.',
}
const comment = {
  id: commentId,
  parentId: null,
  body: 'A *fine* read.',
  html: '<p>A <em>fine</em> read.</p>\n',
  author: { username: 'charles', displayName: null, avatarUrl: null },
  isDeleted: false,
  repliesCount: 0,
  createdAt: updatedAt,
  updatedAt,
  etag: `"1-${commentId}"`,
}

/** An example of each schema that is a whole body. */
export const examples = {
  Post: { ...listed, body, html: '<p>The Engine <em>weaves</em> algebraic patterns.</p>\n' },
  NewPost: { title: listed.title, body, tags: listed.tags },
  PostPatch: { summary: listed.summary, tags: ['history'] },
  PostPage: { items: [listed], nextCursor: null },
  TagPage: { items: [{ tag: 'history', postsCount: 4 }], nextCursor: null },
  Comment: comment,
  NewComment: { body: comment.body },
  CommentPatch: { body: 'A *very fine* read.' },
  CommentPage: { items: [comment], nextCursor: null, commentsOpen: true },
  FavoriteState: { favorited: true, favoritesCount: 13 },
  FavoriteSlugs: { slugs: [listed.slug] },
}
