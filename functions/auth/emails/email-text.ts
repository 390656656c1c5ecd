import type { EmailKind } from './outbox-queries.ts'

export interface EmailMessage {
  readonly to: string
  readonly subject: string
  readonly text: string
}

export interface EmailContent {
  readonly kind: EmailKind
  readonly to: string
  /** The site that the links lead to. */
  readonly linkUrl: string
  readonly token?: string
}

/** The token is in the fragment, so that no server logs it and no Referer carries it. */
const link = (linkUrl: string, page: string, token: string) =>
  `${linkUrl.replace(/\/$/, '')}/${page}#token=${token}`

/** Returns plain text without anything that a user chose: a username could carry an advertisement to a stranger. */
export function composeEmail({ kind, to, linkUrl, token = '' }: EmailContent): EmailMessage {
  switch (kind) {
    case 'verify_email':
      return {
        to,
        subject: 'Confirm your email address',
        text: lines(
          'Please confirm that this address is yours:',
          link(linkUrl, 'verify-email', token),
          `Or send this token to POST /auth/email/verification/confirm: ${token}`,
          'The link is valid for 24 hours. If you did not request it, ignore this email.',
        ),
      }
    case 'reset_password':
      return {
        to,
        subject: 'Set a new password',
        text: lines(
          'Someone, probably you, requested a new password for the account with this address:',
          link(linkUrl, 'reset-password', token),
          `Or send this token to POST /auth/password/reset/confirm: ${token}`,
          'The link is valid for one hour and can be used once. If you did not request it, ignore this email: your password stays the same.',
        ),
      }
    case 'email_changed':
      return {
        to,
        subject: 'Your email address was changed',
        text: lines(
          'Your account now uses another email address.',
          'If this was not you, contact the operator of this service.',
        ),
      }
    case 'password_changed':
      return {
        to,
        subject: 'Your password was changed',
        text: lines(
          'The password of your account was changed, and its other sessions were revoked.',
          `If this was not you, reset your password immediately: ${linkUrl}`,
        ),
      }
  }
}

const lines = (...paragraphs: string[]) => `${paragraphs.join('\n\n')}\n`
