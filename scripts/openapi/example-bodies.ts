export const id = '0199f3a2-7c1e-7d4b-9a53-2f6c1be0d7aa'
export const commentId = '0199f3a8-11b2-7c90-8e1f-6d4f2a9c3b57'
const createdAt = '2026-11-02T09:30:00.000Z'
export const updatedAt = '2026-11-03T16:05:12.480Z'

const author = {
  username: 'ada',
  displayName: 'Ada Lovelace',
  avatarUrl: 'https://images.example.com/ada.png',
}

const listed = {
  id,
  version: `3-${id}`,
  slug: 'notes-on-the-engine',
  title: 'Notes on the Engine',
  tags: ['history', 'mathematics'],
  status: 'published',
  author,
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

const account = {
  id,
  email: 'ada@example.com',
  username: 'ada',
  role: 'user',
  emailVerified: true,
  createdAt,
}
const profileTexts = {
  displayName: 'Ada Lovelace',
  bio: 'Writes programs for engines that are not built yet.',
  location: 'London',
  website: 'https://ada.example.com/',
  avatarUrl: 'https://images.example.com/ada.png',
}
const password = 'a long walk by the sea'
const tokens = {
  accessToken: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTk5ZjNhMiJ9.c2lnbmF0dXJl',
  tokenType: 'Bearer',
  expiresIn: 300,
  refreshToken: 'rt_3q2-7wW8l0mPzKQe5VnYtB1dJ4hXcR6u',
}
const session = {
  id,
  client: 'Firefox',
  createdAt,
  lastUsedAt: updatedAt,
  expiresAt: updatedAt,
  current: true,
}
const event = { id, kind: 'logged_in', address: '203.0.113.7', client: 'Firefox', occurredAt: createdAt }
const jsonWebKey = {
  kty: 'OKP',
  crv: 'Ed25519',
  alg: 'EdDSA',
  use: 'sig',
  kid: '2026-11',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
}
const followItem = { username: 'charles', displayName: null, avatarUrl: null, followedAt: createdAt }
const healthCheck = { status: 'ok', latencyMs: 0.8 }

/** By the name of a schema: one example of each body that is sent or received. */
export const bodyExamples: Readonly<Record<string, unknown>> = {
  Account: account,
  Tokens: tokens,
  SignedIn: { user: account, ...tokens, deviceToken: 'dt_9fK2' },
  SessionPage: { items: [session], nextCursor: null },
  SecurityEventPage: { items: [event], nextCursor: null },
  JsonWebKeySet: { keys: [jsonWebKey] },
  AccountExport: {
    account,
    profile: [{ ...profileTexts, visibility: 'public', updatedAt }],
    following: [{ username: 'charles' }],
    followers: [],
    posts: [],
    comments: [],
    favorites: [{ post: 'notes-on-the-engine' }],
    sessions: [{ id, client: 'Firefox', createdAt, lastUsedAt: updatedAt, endedAt: null }],
    securityEvents: [{ kind: 'logged_in', occurredAt: createdAt, address: '203.0.113.7', client: 'Firefox' }],
  },
  Registration: { email: 'ada@example.com', username: 'ada', password },
  LogIn: { email: 'ada@example.com', password },
  RefreshTokenRequest: { refreshToken: tokens.refreshToken },
  PasswordChange: { currentPassword: password, newPassword: 'another walk in the rain' },
  EmailChange: { email: 'countess@example.com', password },
  AccountDeletion: { password, posts: 'anonymise' },
  EmailVerification: { token: 'k7Qm2Zr8' },
  PasswordResetRequest: { email: 'ada@example.com' },
  PasswordReset: { token: 'k7Qm2Zr8', password: 'another walk in the rain' },
  Suspension: { reason: 'Repeated advertising in comments.' },
  RoleAssignment: { role: 'moderator' },
  Profile: {
    username: 'ada',
    ...profileTexts,
    postsCount: 1,
    followersCount: 0,
    followingCount: 1,
    createdAt,
  },
  OwnProfile: {
    id,
    username: 'ada',
    email: 'ada@example.com',
    ...profileTexts,
    visibility: 'public',
    createdAt,
    updatedAt,
  },
  ProfilePatch: { displayName: 'Ada Lovelace', bio: null },
  FollowState: { following: true },
  FollowedUsernames: { usernames: ['charles'] },
  FollowPage: { items: [followItem], nextCursor: null },
  Post: {
    ...listed,
    body: 'The Engine *weaves* algebraic patterns.',
    html: '<p>The Engine <em>weaves</em> algebraic patterns.</p>\n',
  },
  NewPost: {
    title: 'Notes on the Engine',
    body: 'The Engine *weaves* algebraic patterns.',
    tags: ['history', 'mathematics'],
  },
  PostPatch: { summary: 'What the Analytical Engine can do.', tags: ['history'] },
  PostPage: { items: [listed], nextCursor: null },
  TagPage: { items: [{ tag: 'history', postsCount: 4 }], nextCursor: null },
  Comment: comment,
  NewComment: { body: 'A *fine* read.' },
  CommentPatch: { body: 'A *very fine* read.' },
  CommentPage: { items: [comment], nextCursor: null, commentsOpen: true },
  FavoriteState: { favorited: true, favoritesCount: 13 },
  FavoriteSlugs: { slugs: ['notes-on-the-engine'] },
  OpenApiDocument: { openapi: '3.1.0', info: { title: 'IOD Functions', version: '0.1.0' }, paths: {} },
  Health: {
    status: 'ok',
    version: '0.1.0',
    uptime: 86_400,
    checks: { postgres: healthCheck, redis: healthCheck },
  },
}
