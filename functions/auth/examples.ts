const id = '0199f3a2-7c1e-7d4b-9a53-2f6c1be0d7aa'
const createdAt = '2026-11-02T09:30:00.000Z'
const updatedAt = '2026-11-03T16:05:12.480Z'
const email = 'ada@example.com'
const password = 'a long walk by the sea'
const newPassword = 'another walk in the rain'
const place = { address: '203.0.113.7', client: 'Firefox' }

const account = { id, email, username: 'ada', role: 'user', emailVerified: true, createdAt }
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
const event = { id, kind: 'logged_in', ...place, occurredAt: createdAt }
const jsonWebKey = {
  kty: 'OKP',
  crv: 'Ed25519',
  alg: 'EdDSA',
  use: 'sig',
  kid: '2026-11',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
}
const profile = {
  displayName: 'Ada Lovelace',
  bio: 'Writes programs for engines that are not built yet.',
  location: 'London',
  website: 'https://ada.example.com/',
  avatarUrl: 'https://images.example.com/ada.png',
  visibility: 'public',
  updatedAt,
}

/** An example of each schema that is a whole body. */
export const examples = {
  Account: account,
  Tokens: tokens,
  SignedIn: { user: account, ...tokens, deviceToken: 'dt_9fK2' },
  SessionPage: { items: [session], nextCursor: null },
  SecurityEventPage: { items: [event], nextCursor: null },
  JsonWebKeySet: { keys: [jsonWebKey] },
  AccountExport: {
    account,
    profile: [profile],
    following: [{ username: 'charles' }],
    followers: [],
    posts: [],
    comments: [],
    favorites: [{ post: 'notes-on-the-engine' }],
    sessions: [{ id, client: 'Firefox', createdAt, lastUsedAt: updatedAt, endedAt: null }],
    securityEvents: [{ kind: 'logged_in', occurredAt: createdAt, ...place }],
  },
  Registration: { email, username: 'ada', password },
  LogIn: { email, password },
  RefreshTokenRequest: { refreshToken: tokens.refreshToken },
  PasswordChange: { currentPassword: password, newPassword },
  EmailChange: { email: 'countess@example.com', password },
  AccountDeletion: { password, posts: 'anonymise' },
  EmailVerification: { token: 'k7Qm2Zr8' },
  PasswordResetRequest: { email },
  PasswordReset: { token: 'k7Qm2Zr8', password: newPassword },
  Suspension: { reason: 'Repeated advertising in comments.' },
  RoleAssignment: { role: 'moderator' },
}
