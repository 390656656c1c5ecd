import type { Background } from '../shared/background.ts'
import type { Database } from '../shared/postgres/database.ts'
import type { Cache } from '../shared/redis/cache.ts'
import type { Revocations } from '../shared/revocations.ts'
import { createAccountState } from './accounts/account-state.ts'
import { createAccounts } from './accounts/accounts.ts'
import type { EventStore } from './accounts/event-queries.ts'
import type { ExportStore } from './accounts/export-queries.ts'
import type { AccountStore } from './accounts/queries.ts'
import { createEmails } from './emails/emails.ts'
import type { Outbox } from './emails/outbox.ts'
import type { MailStore } from './emails/queries.ts'
import { createModeration } from './moderation/moderation.ts'
import type { PasswordHasher } from './passwords/password-hasher.ts'
import { createPasswords } from './passwords/passwords.ts'
import type { SessionStore } from './sessions/queries.ts'
import { createSessions } from './sessions/sessions.ts'
import type { AttemptStore } from './sign-in/attempts.ts'
import type { DeviceTokens } from './sign-in/device-tokens.ts'
import { createSignIn, type SignTokens } from './sign-in/sign-in.ts'

export interface DomainOptions {
  readonly database: Database
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly attempts: AttemptStore
  readonly events: EventStore
  readonly mails: MailStore
  readonly exports: ExportStore
  readonly hasher: PasswordHasher
  readonly revocations: Pick<Revocations, 'announce'>
  readonly cache: Pick<Cache, 'drop'>
  readonly background: Background
  readonly outbox: Outbox | undefined
  readonly signTokens: SignTokens
  readonly successorKey: Buffer
  readonly minLength: number
  readonly devices: DeviceTokens
}

/** The verbs of the auth function. They know no HTTP; what they refuse they throw as a Problem. */
export function createDomain(given: DomainOptions) {
  const options = { ...given, accountState: createAccountState(given) }
  const passwords = createPasswords(options)
  return {
    passwords,
    signIn: createSignIn({ ...options, passwords }),
    sessions: createSessions(options),
    accounts: createAccounts({ ...options, passwords }),
    emails: createEmails({ ...options, passwords }),
    moderation: createModeration(options),
  }
}

export type Domain = ReturnType<typeof createDomain>
