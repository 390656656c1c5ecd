import { Problem } from '../../shared/problems.ts'
import { AlreadyTakenError } from './queries.ts'

/** Turns AlreadyTakenError into 409 and returns any other error as it is. */
export const alreadyTaken = (error: unknown): unknown =>
  error instanceof AlreadyTakenError
    ? new Problem('conflict', `This ${error.field} is taken.`, {
        errors: [{ path: error.field, message: 'is taken' }],
      })
    : error
