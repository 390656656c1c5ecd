import { tokenIn } from '../auth/test-smtp.ts'
import {
  auth,
  type LargestUser,
  type LargestWrites,
  longestEmail,
  longestPassword,
  longestUsername,
  registerLargest,
  registerWithRole,
  registerWithSessions,
  smtp,
  type Write,
} from './test-largest-users.ts'

const { owner } = auth
const [moderator, admin] = await Promise.all([registerWithRole('moderator'), registerWithRole('admin')])

const bySession = async (path: (user: LargestUser) => string): Promise<Write> => {
  const user = await registerWithSessions()
  return { path: path(user), token: user.accessToken }
}
const ofUser =
  (write: (user: LargestUser) => Write | Promise<Write>, register = registerLargest) =>
  async () =>
    write(await register())

async function resetTokenOf({ email }: LargestUser): Promise<string> {
  await auth.call('POST', '/auth/password/reset', { body: { email } })
  return tokenIn(await smtp.emailTo(email, 'reset-password'))
}

const deletion = (posts: 'delete' | 'anonymise') =>
  ofUser(
    ({ accessToken, password }) => ({
      path: '/auth/account/deletion',
      token: accessToken,
      body: { password, posts },
    }),
    registerWithSessions,
  )

/** What the routes of auth take at most. */
export const largestAccountWrites: LargestWrites = {
  'POST /auth/register': {
    'every member': async () => ({
      path: '/auth/register',
      body: { email: longestEmail(), username: longestUsername(), password: longestPassword() },
    }),
  },
  'POST /auth/login': {
    'every member, the address with white space': ofUser(({ email, password, deviceToken }) => ({
      path: '/auth/login',
      body: { email: email.padEnd(1_024), password, deviceToken },
    })),
    'a device token of another': ofUser(({ email, password }) => ({
      path: '/auth/login',
      body: { email, password, deviceToken: 'x'.repeat(128) },
    })),
  },
  'POST /auth/refresh': {
    'one of many sessions': ofUser(
      ({ refreshToken }) => ({ path: '/auth/refresh', body: { refreshToken } }),
      registerWithSessions,
    ),
  },
  'POST /auth/logout': {
    'one of many sessions': ofUser(
      ({ refreshToken }) => ({ path: '/auth/logout', body: { refreshToken } }),
      registerWithSessions,
    ),
    'a token of nobody': async () => ({
      path: '/auth/logout',
      body: { refreshToken: '日'.repeat(256) },
    }),
  },
  'DELETE /auth/sessions': {
    'many sessions': () => bySession(() => '/auth/sessions'),
    'all but one': () => bySession(() => '/auth/sessions?keep=current'),
  },
  'DELETE /auth/sessions/{id}': {
    'one of many': async () => {
      const user = await registerWithSessions()
      const text = 'select id from auth.sessions where account_id = $1::uuid order by id desc limit 1'
      const [row] = await owner.query<{ id: string }>({ name: 'newest_session', text }, [user.user.id])
      return { path: `/auth/sessions/${row?.id}`, token: user.accessToken }
    },
  },
  'POST /auth/account/deletion': { delete: deletion('delete'), anonymise: deletion('anonymise') },
  'PUT /auth/account/password': {
    'both passwords': ofUser(
      ({ accessToken, password }) => ({
        path: '/auth/account/password',
        token: accessToken,
        body: { currentPassword: password, newPassword: longestPassword() },
      }),
      registerWithSessions,
    ),
  },
  'POST /auth/password/reset': {
    'an account': ofUser(({ email }) => ({ path: '/auth/password/reset', body: { email } })),
    nobody: async () => ({ path: '/auth/password/reset', body: { email: longestEmail() } }),
  },
  'POST /auth/password/reset/confirm': {
    'the longest password': ofUser(
      async user => ({
        path: '/auth/password/reset/confirm',
        body: { token: await resetTokenOf(user), password: longestPassword() },
      }),
      registerWithSessions,
    ),
  },
  'PUT /auth/account/email': {
    'both members': ofUser(({ accessToken, password }) => ({
      path: '/auth/account/email',
      token: accessToken,
      body: { email: longestEmail(), password },
    })),
  },
  'POST /auth/email/verification': {
    'the longest address': ofUser(({ accessToken }) => ({
      path: '/auth/email/verification',
      token: accessToken,
    })),
  },
  'POST /auth/email/verification/confirm': {
    'the longest address': ofUser(async ({ email }) => ({
      path: '/auth/email/verification/confirm',
      body: { token: tokenIn(await smtp.emailTo(email)) },
    })),
  },
  'PUT /auth/accounts/{username}/suspension': {
    'the longest reason, many sessions': ofUser(
      ({ user }) => ({
        path: `/auth/accounts/${user.username}/suspension`,
        token: moderator.accessToken,
        body: { reason: '😀'.repeat(500) },
      }),
      registerWithSessions,
    ),
  },
  'DELETE /auth/accounts/{username}/suspension': {
    'a suspended account': ofUser(async ({ user }) => {
      const path = `/auth/accounts/${user.username}/suspension`
      await auth.call('PUT', path, { token: moderator.accessToken, body: { reason: '😀'.repeat(500) } })
      return { path, token: moderator.accessToken }
    }),
  },
  'PUT /auth/accounts/{username}/role': {
    'many sessions': ofUser(
      ({ user }) => ({
        path: `/auth/accounts/${user.username}/role`,
        token: admin.accessToken,
        body: { role: 'moderator' },
      }),
      registerWithSessions,
    ),
  },
}
