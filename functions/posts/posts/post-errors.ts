import { DomainError } from '../../shared/domain-error.ts'
import { noSuchPost } from './schemas.ts'

export const postNotFound = () => new DomainError('not_found', { detail: noSuchPost })

export const notTheAuthor = () =>
  new DomainError('forbidden', { detail: 'Only its author can change a post.' })

export const slugTaken = () =>
  new DomainError('conflict', {
    detail: 'Another post has this slug.',
    member: { path: 'slug', message: 'is taken' },
  })

export const slugReserved = () =>
  new DomainError('conflict', {
    detail: 'This slug is reserved: it is a path of the API.',
    member: { path: 'slug', message: 'is reserved' },
  })
