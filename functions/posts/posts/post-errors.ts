import { Problem } from '../../shared/problems.ts'

export const postNotFound = () => new Problem('not_found', 'There is no post at this address.')

export const notTheAuthor = () => new Problem('forbidden', 'Only its author can change a post.')

export const slugTaken = () =>
  new Problem('conflict', 'Another post has this slug.', { errors: [{ path: 'slug', message: 'is taken' }] })
