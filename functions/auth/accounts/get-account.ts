import type { Actor } from '../../shared/access-token.ts'
import { DomainError } from '../../shared/domain-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { type AccountRow, type AccountWithPassword, findAccountById } from './queries.ts'
import type { Account } from './schemas.ts'

export const representAccount = ({
  id,
  email,
  username,
  role,
  emailVerified,
  createdAt,
}: AccountRow): Account => ({ id, email, username, role, emailVerified, createdAt: createdAt.toISOString() })

/** Returns the actor's account; throws 401 when it is gone. */
export async function requireAccount(
  { db }: Pick<Dependencies, 'db'>,
  { actor }: { readonly actor: Actor },
): Promise<AccountWithPassword> {
  const account = await findAccountById(db, { id: actor.accountId })
  if (account === undefined) throw new DomainError('invalid_token', {})
  return account
}

export async function getAccount(
  dependencies: Pick<Dependencies, 'db'>,
  { actor }: { readonly actor: Actor },
): Promise<Account> {
  return representAccount(await requireAccount(dependencies, { actor }))
}
