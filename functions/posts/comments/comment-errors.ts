import { DomainError } from '../../shared/domain-error.ts'
import { noSuchComment } from './schemas.ts'

export const commentNotFound = () => new DomainError('not_found', { detail: noSuchComment })

export const notTheWriter = () => new DomainError('forbidden', { detail: 'This comment is not yours.' })

export const commentsClosed = () =>
  new DomainError('forbidden', { detail: 'This post takes no more comments.' })

export const parentNotFound = () =>
  new DomainError('invalid_member', { path: 'parentId', message: 'must be a comment of this post' })
