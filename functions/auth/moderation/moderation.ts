import type { Actor, Role } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import { DomainError } from '../../shared/domain-error.ts'
import type { SessionId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { usernameKey } from '../../shared/username.ts'
import { insertSecurityEvent } from '../accounts/event-queries.ts'
import { type AccountRow, findAccountById, findAccountByUsername } from '../accounts/queries.ts'
import type { Dependencies } from '../dependencies.ts'
import { endSessions } from '../sessions/queries.ts'
import * as queries from './queries.ts'

export type ModerationDependencies = Pick<Dependencies, 'db' | 'revocations'>

interface Target {
  readonly actor: Actor
  /** The current username of the account, or a former one while that is held. */
  readonly username: string
}

const rank: Readonly<Record<Role, number>> = { user: 0, moderator: 1, admin: 2 }
/** The owner of the account sees these events, but not who the moderator was. */
const caller: Caller = { address: 'moderation', client: 'moderation' }

/** Suspends an account: its sessions end, and nobody can sign in to it until it is restored. */
export const suspendAccount = (
  dependencies: ModerationDependencies,
  { reason, ...target }: Target & { readonly reason: string },
): Promise<void> =>
  moderate(dependencies, {
    ...target,
    requiredRole: 'moderator',
    change: async (tx, { id, suspended }) => {
      await queries.setSuspension(tx, { id, reason })
      if (!suspended) await insertSecurityEvent(tx, { accountId: id, kind: 'suspended', caller })
      return endSessions(tx, { accountId: id })
    },
  })

export const restoreAccount = (dependencies: ModerationDependencies, target: Target): Promise<void> =>
  moderate(dependencies, {
    ...target,
    requiredRole: 'moderator',
    change: async (tx, { id, suspended }) => {
      if (!suspended) return []
      await queries.setSuspension(tx, { id, reason: null })
      await insertSecurityEvent(tx, { accountId: id, kind: 'restored', caller })
      return []
    },
  })

/** Gives an account a role and ends its sessions, whose access tokens carry the former role. */
export const assignRole = (
  dependencies: ModerationDependencies,
  { role, ...target }: Target & { readonly role: Role },
): Promise<void> =>
  moderate(dependencies, {
    ...target,
    requiredRole: 'admin',
    change: async (tx, account) => {
      if (account.role === role) return []
      await queries.setRole(tx, { id: account.id, role })
      await insertSecurityEvent(tx, { accountId: account.id, kind: 'role_changed', caller })
      return endSessions(tx, { accountId: account.id })
    },
  })

interface Moderation extends Target {
  readonly requiredRole: Role
  /** Returns the sessions that it has ended. */
  readonly change: (tx: Queryable, account: AccountRow) => Promise<readonly SessionId[]>
}

async function moderate(
  { db, revocations }: ModerationDependencies,
  { actor, username, requiredRole, change }: Moderation,
): Promise<void> {
  // Before the username is looked up: an actor without the role learns nothing about it.
  const current = await findAccountById(db, { id: actor.accountId })
  assertRole(current?.role ?? 'user', requiredRole)
  const account = await findAccount(db, username)
  const ended = await db.transaction(async tx =>
    change(tx, await lockAccount(tx, { actor, account, requiredRole })),
  )
  await revocations.announce(ended)
}

async function findAccount(db: Queryable, username: string): Promise<AccountRow> {
  const key = usernameKey(username)
  const account = key === undefined ? undefined : await findAccountByUsername(db, { usernameKey: key })
  if (account === undefined) throw noSuchAccount()
  return account
}

/**
 * Locks both accounts and checks their current roles: the access token may be older than a demotion, and either account
 * may get another role between the check and the change.
 */
async function lockAccount(
  tx: Queryable,
  {
    actor,
    account,
    requiredRole,
  }: { readonly actor: Actor; readonly account: AccountRow; readonly requiredRole: Role },
): Promise<AccountRow> {
  const locked = await queries.lockAccountPair(tx, { ids: [actor.accountId, account.id] })
  const moderator = locked.find(({ id }) => id === actor.accountId)
  const subject = locked.find(({ id }) => id === account.id)
  const role = moderator === undefined || moderator.suspended ? 'user' : moderator.role
  assertRole(role, requiredRole)
  if (subject === undefined) throw noSuchAccount()
  if (rank[subject.role] >= rank[role])
    throw new DomainError('forbidden', {
      detail: `Not allowed for an account with the role ${subject.role}.`,
    })
  return subject
}

function assertRole(role: Role, requiredRole: Role): void {
  if (rank[role] < rank[requiredRole])
    throw new DomainError('forbidden', { detail: `Requires the role ${requiredRole} or higher.` })
}

const noSuchAccount = () =>
  new DomainError('not_found', { detail: 'There is no account with this username.' })
