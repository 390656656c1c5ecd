// Written by scripts/client/generate.ts from docs/openapi.json.

export interface OperationRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  /** An access token is sent where there is one. */
  readonly takesToken?: boolean
  /** Each call gets an Idempotency-Key. */
  readonly isIdempotent?: boolean
  /** Whether it is sent again after a failure, where its method says otherwise. */
  readonly isRepeatable?: boolean
  /** Its response is text of another type than JSON. */
  readonly isText?: boolean
}

export const operations = {
  register: { method: 'POST', path: '/auth/register' },
  logIn: { method: 'POST', path: '/auth/login' },
  refresh: { method: 'POST', path: '/auth/refresh' },
  logOut: { method: 'POST', path: '/auth/logout' },
  getKeySet: { method: 'GET', path: '/auth/.well-known/jwks.json' },
  listSessions: { method: 'GET', path: '/auth/sessions', takesToken: true },
  endSessions: { method: 'DELETE', path: '/auth/sessions', takesToken: true },
  endSession: { method: 'DELETE', path: '/auth/sessions/{id}', takesToken: true },
  getAccount: { method: 'GET', path: '/auth/account', takesToken: true },
  deleteAccount: { method: 'POST', path: '/auth/account/deletion', takesToken: true },
  exportAccount: { method: 'GET', path: '/auth/account/export', takesToken: true },
  listSecurityEvents: { method: 'GET', path: '/auth/account/events', takesToken: true },
  changePassword: { method: 'PUT', path: '/auth/account/password', takesToken: true, isRepeatable: false },
  requestPasswordReset: { method: 'POST', path: '/auth/password/reset' },
  resetPassword: { method: 'POST', path: '/auth/password/reset/confirm' },
  changeEmail: { method: 'PUT', path: '/auth/account/email', takesToken: true },
  requestEmailVerification: { method: 'POST', path: '/auth/email/verification', takesToken: true },
  confirmEmail: { method: 'POST', path: '/auth/email/verification/confirm' },
  suspendAccount: { method: 'PUT', path: '/auth/accounts/{username}/suspension', takesToken: true },
  restoreAccount: { method: 'DELETE', path: '/auth/accounts/{username}/suspension', takesToken: true },
  setRole: { method: 'PUT', path: '/auth/accounts/{username}/role', takesToken: true },
  authHealth: { method: 'GET', path: '/auth/health' },
  authOpenApi: { method: 'GET', path: '/auth/openapi.json' },
  getOwnProfile: { method: 'GET', path: '/profile', takesToken: true },
  changeOwnProfile: { method: 'PATCH', path: '/profile', takesToken: true },
  getProfile: { method: 'GET', path: '/profile/{username}' },
  followProfile: { method: 'PUT', path: '/profile/{username}/follow', takesToken: true },
  unfollowProfile: { method: 'DELETE', path: '/profile/{username}/follow', takesToken: true },
  isFollowingProfile: { method: 'GET', path: '/profile/{username}/follow', takesToken: true },
  listFollowedAmong: { method: 'GET', path: '/profile/following', takesToken: true },
  listFollowers: { method: 'GET', path: '/profile/{username}/followers' },
  listFollowing: { method: 'GET', path: '/profile/{username}/following' },
  profileHealth: { method: 'GET', path: '/profile/health' },
  profileOpenApi: { method: 'GET', path: '/profile/openapi.json' },
  createPost: { method: 'POST', path: '/posts', takesToken: true, isIdempotent: true },
  listPosts: { method: 'GET', path: '/posts', takesToken: true },
  getPost: { method: 'GET', path: '/posts/{slug}', takesToken: true },
  changePost: { method: 'PATCH', path: '/posts/{slug}', takesToken: true },
  deletePost: { method: 'DELETE', path: '/posts/{slug}', takesToken: true },
  listFavoritesAmong: { method: 'GET', path: '/posts/favorites', takesToken: true },
  isFavoritePost: { method: 'GET', path: '/posts/{slug}/favorite', takesToken: true },
  addFavoritePost: { method: 'PUT', path: '/posts/{slug}/favorite', takesToken: true },
  removeFavoritePost: { method: 'DELETE', path: '/posts/{slug}/favorite', takesToken: true },
  listComments: { method: 'GET', path: '/posts/{slug}/comments' },
  createComment: { method: 'POST', path: '/posts/{slug}/comments', takesToken: true, isIdempotent: true },
  changeComment: { method: 'PATCH', path: '/posts/{slug}/comments/{commentId}', takesToken: true },
  deleteComment: { method: 'DELETE', path: '/posts/{slug}/comments/{commentId}', takesToken: true },
  getFeed: { method: 'GET', path: '/posts/feed', takesToken: true },
  listTags: { method: 'GET', path: '/posts/tags', takesToken: true },
  getAtomFeed: { method: 'GET', path: '/posts/atom.xml', isText: true },
  getSitemap: { method: 'GET', path: '/posts/sitemap.xml', isText: true },
  postsHealth: { method: 'GET', path: '/posts/health' },
  postsOpenApi: { method: 'GET', path: '/posts/openapi.json' },
} satisfies Readonly<Record<string, OperationRoute>>

export type OperationId = keyof typeof operations
