import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import type { SessionId } from '../../shared/ids.ts'
import { accountsTag, profileTag } from '../../shared/redis/cache.ts'
import { canonical } from '../../shared/username.ts'
import type { Dependencies } from '../dependencies.ts'
import { reauthenticate, type VerificationDependencies } from '../passwords/verify-password.ts'
import { endSessions } from '../sessions/queries.ts'
import { lockForOwner } from './account-locks.ts'
import {
  eraseAccount,
  eraseEvents,
  eraseFollows,
  finishErasures,
  lockForDeletion,
} from './deletion-queries.ts'
import type { AccountWithPassword } from './queries.ts'
import type { AccountDeletion } from './schemas.ts'

export type DeletionDependencies = VerificationDependencies &
  Pick<Dependencies, 'cache' | 'revocations' | 'usernameHoldDays'>

interface DeletionRequest extends AccountDeletion {
  readonly actor: Actor
  readonly caller: Caller
}

/** Deletes the account and ends its sessions; its posts are erased in the background. */
export async function deleteAccount(
  dependencies: DeletionDependencies,
  { actor, password, posts, caller }: DeletionRequest,
): Promise<void> {
  const { db, background, cache, revocations } = dependencies
  const checked = await reauthenticate(dependencies, { actor, password, caller })
  const { username, endedSessions } = await eraseInBatches(dependencies, { actor, checked, posts })
  background.run('erase posts', async () => {
    await finishErasures(db)
    // A second time: a post may have been read, and cached, until it was erased.
    await cache.invalidate([accountsTag])
  })
  await Promise.all([
    revocations.announce(endedSessions),
    cache.invalidate([profileTag(canonical(username)), accountsTag]),
  ])
}

interface Erased {
  /** The last one: it may have changed since the password was checked. */
  readonly username: string
  readonly endedSessions: readonly SessionId[]
}

/** Locks and checks the account for each batch: nothing is erased after a suspension or a change of the password. */
async function eraseInBatches(
  { db, usernameHoldDays }: Pick<DeletionDependencies, 'db' | 'usernameHoldDays'>,
  {
    actor,
    checked,
    posts,
  }: Pick<DeletionRequest, 'actor' | 'posts'> & { readonly checked: AccountWithPassword },
): Promise<Erased> {
  for (;;) {
    const erased = await db.transaction(async tx => {
      const account = { id: actor.accountId }
      await lockForDeletion(tx, account)
      const { username } = await lockForOwner(tx, { actor, checked })
      if (!(await eraseFollows(tx, account)) || !(await eraseEvents(tx, account))) return undefined
      const endedSessions = await endSessions(tx, { accountId: actor.accountId })
      await eraseAccount(tx, { ...account, posts, usernameHoldDays })
      return { username, endedSessions }
    })
    if (erased !== undefined) return erased
  }
}
