import { DomainError } from '../../shared/domain-error.ts'
import { AlreadyTakenError } from './queries.ts'

/** Turns AlreadyTakenError into 409 and returns any other error as it is. */
export const alreadyTaken = (error: unknown): unknown =>
  error instanceof AlreadyTakenError
    ? new DomainError('conflict', {
        detail: `This ${error.field} is already in use.`,
        member: { path: error.field, message: 'is taken' },
      })
    : error
