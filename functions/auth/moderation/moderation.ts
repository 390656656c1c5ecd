import type { Actor, Role } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import type { SessionId } from '../../shared/ids.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'
import { Problem } from '../../shared/problems.ts'
import type { Revocations } from '../../shared/revocations.ts'
import { usernameKey } from '../../shared/username.ts'
import type { EventStore } from '../accounts/event-queries.ts'
import type { Account, AccountStore } from '../accounts/queries.ts'
import type { SessionStore } from '../sessions/queries.ts'

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
  async function find(username: string): Promise<Account> {
    const key = usernameKey(username)
    const subject = key === undefined ? undefined : await accounts.byUsername(key)
    if (subject === undefined) throw new Problem('not_found', 'There is no account of this name.')
    return subject
  }

  async function requireRole({ accountId }: Actor, least: Role): Promise<void> {
    const role = (await accounts.byId(accountId))?.role ?? 'user'
    if (rank[role] < rank[least]) throw new Problem('forbidden', `Only for the role ${least} and above.`)
  }

  /**
   * Both roles as they are now, both rows locked: the token may be up to its lifetime older than a demotion, and between
   * the question and the act either may be given another role.
   */
  async function lockSubject(on: Queryable, actor: Actor, least: Role, found: Account): Promise<Account> {
    const both = await accounts.lockBoth(on, actor.accountId, found.id)
    const moderator = both.find(({ id }) => id === actor.accountId)
    const subject = both.find(({ id }) => id === found.id)
    const role = moderator === undefined || moderator.suspended ? 'user' : moderator.role
    if (rank[role] < rank[least]) throw new Problem('forbidden', `Only for the role ${least} and above.`)
    if (subject === undefined) throw new Problem('not_found', 'There is no account of this name.')
    if (rank[subject.role] >= rank[role])
      throw new Problem('forbidden', `Not to an account of role ${subject.role}.`)
    return subject
  }

  /** `change` returns whether there was anything to change; then the subject's sessions end. */
  async function changeAndEndSessions(
    actor: Actor,
    least: Role,
    username: string,
    change: (on: Queryable, subject: Account) => Promise<boolean>,
  ): Promise<void> {
    // Whoever may not act at all is told so before the name is looked up.
    await requireRole(actor, least)
    const found = await find(username)
    const ended = await database.transaction(async (on): Promise<readonly SessionId[]> => {
      const subject = await lockSubject(on, actor, least, found)
      return (await change(on, subject)) ? sessions.endAll(on, subject.id) : []
    })
    await revocations.announce(ended)
  }

  return {
    /** Cuts the account off: its sessions end, and nobody can sign in to it until it is restored. */
    suspend: (actor: Actor, username: string, reason: string): Promise<void> =>
      changeAndEndSessions(actor, 'moderator', username, async (on, subject) => {
        await accounts.setSuspension(on, subject.id, reason)
        if (!subject.suspended) await events.insert(subject.id, 'suspended', byModeration, on)
        return true
      }),

    restore: (actor: Actor, username: string): Promise<void> =>
      changeAndEndSessions(actor, 'moderator', username, async (on, subject) => {
        if (!subject.suspended) return false
        await accounts.setSuspension(on, subject.id, null)
        await events.insert(subject.id, 'restored', byModeration, on)
        return false
      }),

    /** Its sessions end: the role stands in the access token. */
    setRole: (actor: Actor, username: string, role: Role): Promise<void> =>
      changeAndEndSessions(actor, 'admin', username, async (on, subject) => {
        if (subject.role === role) return false
        await accounts.setRole(on, subject.id, role)
        await events.insert(subject.id, 'role_changed', byModeration, on)
        return true
      }),
  }
}

export type Moderation = ReturnType<typeof createModeration>
