import type { EmailKind } from './outbox-queries.ts'

export interface EmailMessage {
  readonly to: string
  readonly subject: string
  readonly text: string
}

export interface EmailContent {
  readonly kind: EmailKind
  readonly to: string
  /** Of the site that the links lead to. */
  readonly linkUrl: string
  readonly token?: string
}

/** After a `#`, so that the token is in no server's log and in no Referer. */
const link = (linkUrl: string, page: string, token: string) =>
  `${linkUrl.replace(/\/$/, '')}/${page}#token=${token}`

/** Plain text, and nothing in it that somebody else chose: a name could carry an advertisement to a stranger. */
export function composeEmail({ kind, to, linkUrl, token = '' }: EmailContent): EmailMessage {
  switch (kind) {
    case 'verify_email':
      return {
        to,
        subject: 'Confirm your e-mail address',
        text: lines(
          'Please confirm that this address is yours:',
          link(linkUrl, 'verify-email', token),
          `Or send this token to POST /auth/email/verification/confirm: ${token}`,
          'It is good for 24 hours. If you did not ask for this, do nothing.',
        ),
      }
    case 'reset_password':
      return {
        to,
        subject: 'Set a new password',
        text: lines(
          'Somebody, probably you, asked for a new password for the account of this address:',
          link(linkUrl, 'reset-password', token),
          `Or send this token to POST /auth/password/reset/confirm: ${token}`,
          'It is good for one hour and for one use. If you did not ask for this, do nothing: your password stays.',
        ),
      }
    case 'email_changed':
      return {
        to,
        subject: 'Your e-mail address was changed',
        text: lines(
          'The account that had this address has another one now.',
          'If that was not you, get in touch with the operator of this service.',
        ),
      }
    case 'password_changed':
      return {
        to,
        subject: 'Your password was changed',
        text: lines(
          'The password of your account was changed, and its other sessions have ended.',
          `If that was not you, ask for a new password at once: ${linkUrl}`,
        ),
      }
  }
}

const lines = (...paragraphs: string[]) => `${paragraphs.join('\n\n')}\n`
