import * as v from 'valibot'
import type { Actor } from '../shared/access-token.ts'
import { attackProtectedRoutes } from '../shared/testing/security-battery.ts'
import { Comment } from './comments/schemas.ts'
import { operations } from './operations.ts'
import { createTestApp, terms } from './test-app.ts'

const { app, clock, tokens, revoke, createAccount, ask, write } = await createTestApp()

/** A change of a post by another author. */
const foreignPost = (body?: unknown) => async (_: Actor) => {
  const post = await write(await createAccount())
  return { path: `/posts/${post.slug}`, body, headers: { 'if-match': post.etag }, status: 403 } as const
}

const foreignComment = (body?: unknown) => async (_: Actor) => {
  const author = await createAccount()
  const { slug } = await write(author)
  const response = await ask('POST', `/posts/${slug}/comments`, { as: author, body: { body: 'Hello.' } })
  const { id, etag } = v.parse(Comment, await response.json())
  return { path: `/posts/${slug}/comments/${id}`, body, headers: { 'if-match': etag }, status: 403 } as const
}

attackProtectedRoutes({
  app,
  operations,
  terms,
  tokens,
  createActor: async () => (await createAccount()).actor,
  revoke: async session => {
    await revoke(session)
    clock.advance(5_000)
  },
  foreign: {
    changePost: foreignPost({ title: 'Mine now' }),
    deletePost: foreignPost(),
    // The favorite or comment belongs to the caller, whatever post the path names.
    isFavoritePost: 'nobody owns it',
    addFavoritePost: 'nobody owns it',
    removeFavoritePost: 'nobody owns it',
    createComment: 'nobody owns it',
    changeComment: foreignComment({ body: 'Mine now' }),
    deleteComment: foreignComment(),
  },
})
