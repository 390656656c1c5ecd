import type { Actor } from '../shared/access-token.ts'
import { attackProtectedRoutes } from '../shared/testing/security-battery.ts'
import { operations } from './openapi.ts'
import { createTestApp, terms } from './test-app.ts'

const { app, tokens, revocations, createAccount, write } = await createTestApp()

/** A change to a post that another has written. */
const foreignPost = (body?: unknown) => async (_: Actor) => {
  const post = await write(await createAccount())
  return { path: `/posts/${post.slug}`, body, headers: { 'if-match': post.etag }, status: 403 } as const
}

attackProtectedRoutes({
  app,
  operations,
  terms,
  tokens,
  createActor: async () => (await createAccount()).actor,
  revoke: session => revocations.announce([session]),
  foreign: {
    changePost: foreignPost({ title: 'Mine now' }),
    deletePost: foreignPost(),
  },
})
