import { DomainError } from '../../shared/domain-error.ts'
import type { Outbox } from './outbox.ts'

/** Returns the outbox; throws 501 where the service cannot send email. */
export function requireOutbox(outbox: Outbox | undefined): Outbox {
  if (outbox !== undefined) return outbox
  throw new DomainError('not_configured', { detail: 'This service cannot send email: SMTP_URL is not set.' })
}

export const invalidEmailToken = () =>
  new DomainError('invalid_member', {
    path: 'token',
    message: 'is invalid, used or expired',
  })
