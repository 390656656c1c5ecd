import { Problem } from '../../shared/problems.ts'
import type { Outbox } from './outbox.ts'

/** Returns the outbox; throws 501 where the service cannot send email. */
export function requireOutbox(outbox: Outbox | undefined): Outbox {
  if (outbox !== undefined) return outbox
  throw new Problem('not_configured', 'This service sends no mail: SMTP_URL is not set.')
}

export const invalidEmailToken = () =>
  new Problem('invalid_body', 'Refused: token.', {
    errors: [{ path: 'token', message: 'is not valid, or was used, or has expired' }],
  })
