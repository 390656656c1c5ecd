import type { Actor, Role } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import type { SessionId } from '../../shared/ids.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'
import { Problem } from '../../shared/problems.ts'
import type { Revocations } from '../../shared/revocations.ts'
import { usernameKey } from '../../shared/username.ts'
import type { Account, AccountStore } from '../store/accounts.ts'
import type { EventStore } from '../store/events.ts'
import type { SessionStore } from '../store/sessions.ts'

export interface ModerationOptions {
  readonly database: Pick<Database, 'transaction'>
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly events: EventStore
  readonly revocations: Pick<Revocations, 'announce'>
}

const rank: Record<Role, number> = { user: 0, moderator: 1, admin: 2 }
/** The moderator's address and client are theirs: the owner of the account learns only who in general it was. */
const byModeration: Caller = { address: 'moderation', client: 'moderation' }

/** What moderators and admins may do to accounts of a lower rank than their own. */
export function createModeration({ database, accounts, sessions, events, revocations }: ModerationOptions) {
  /**
   * The role is asked of the database and not of the token, which may be up to its lifetime older than a demotion.
   * Whoever may not act at all is told so before the name is looked up.
   */
  async function requireSubject(actor: Actor, least: Role, username: string): Promise<Account> {
    const moderator = await accounts.byId(actor.accountId)
    const role = moderator?.role ?? 'user'
    if (rank[role] < rank[least]) throw new Problem('forbidden', `Only for the role ${least} and above.`)
    const key = usernameKey(username)
    const subject = key === undefined ? undefined : await accounts.byUsername(key)
    if (subject === undefined) throw new Problem('not_found', 'There is no account of this name.')
    if (rank[subject.role] >= rank[role])
      throw new Problem('forbidden', `Not to an account of role ${subject.role}.`)
    return subject
  }

  async function changeAndEndSessions(subject: Account, change: (on: Queryable) => Promise<unknown>) {
    const ended = await database.transaction(async (on): Promise<readonly SessionId[]> => {
      await change(on)
      return sessions.endAll(on, subject.id)
    })
    await revocations.announce(ended)
  }

  return {
    /** Cuts the account off: its sessions end, and it cannot log in until it is restored. */
    async suspend(actor: Actor, username: string, reason: string): Promise<void> {
      const subject = await requireSubject(actor, 'moderator', username)
      await changeAndEndSessions(subject, async on => {
        await accounts.setSuspension(on, subject.id, reason)
        if (!subject.suspended) await events.insert(subject.id, 'suspended', byModeration, on)
      })
    },

    async restore(actor: Actor, username: string): Promise<void> {
      const subject = await requireSubject(actor, 'moderator', username)
      if (!subject.suspended) return
      await database.transaction(async on => {
        await accounts.setSuspension(on, subject.id, null)
        await events.insert(subject.id, 'restored', byModeration, on)
      })
    },

    /** Its sessions end: the role stands in the access token. */
    async setRole(actor: Actor, username: string, role: Role): Promise<void> {
      const subject = await requireSubject(actor, 'admin', username)
      if (subject.role === role) return
      await changeAndEndSessions(subject, async on => {
        await accounts.setRole(on, subject.id, role)
        await events.insert(subject.id, 'role_changed', byModeration, on)
      })
    },
  }
}

export type Moderation = ReturnType<typeof createModeration>
