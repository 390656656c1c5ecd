import { Problem } from '../../shared/problems.ts'

export const commentNotFound = () => new Problem('not_found', 'There is no such comment.')

export const notTheWriter = () => new Problem('forbidden', 'This comment is not yours.')

export const commentsClosed = () => new Problem('forbidden', 'This post takes no more comments.')

export const parentNotFound = () =>
  new Problem('invalid_body', 'Refused: parentId.', {
    errors: [{ path: 'parentId', message: 'must be a comment of this post' }],
  })
