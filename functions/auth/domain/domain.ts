import type { Background } from '../../shared/background.ts'
import type { Database } from '../../shared/postgres/database.ts'
import type { Cache } from '../../shared/redis/cache.ts'
import type { Revocations } from '../../shared/revocations.ts'
import type { DeviceTokens } from '../device-tokens.ts'
import type { PasswordHasher } from '../password-hasher.ts'
import type { AccountStore } from '../store/accounts.ts'
import type { AttemptStore } from '../store/attempts.ts'
import type { EventStore } from '../store/events.ts'
import type { ExportStore } from '../store/export.ts'
import type { MailStore } from '../store/mails.ts'
import type { SessionStore } from '../store/sessions.ts'
import { createAccountState } from './account-state.ts'
import { createAccounts } from './accounts.ts'
import { createEmails } from './emails.ts'
import { createModeration } from './moderation.ts'
import type { Outbox } from './outbox.ts'
import { createPasswords } from './passwords.ts'
import { createSessions } from './sessions.ts'
import { createSignIn, type SignTokens } from './sign-in.ts'

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
