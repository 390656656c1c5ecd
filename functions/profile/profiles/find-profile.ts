import { DomainError } from '../../shared/domain-error.ts'
import { canonical, usernameKey as keyOf } from '../../shared/username.ts'
import type { Dependencies } from '../dependencies.ts'
import { type CountedProfile, findPresentUsername, findProfileByUsername } from './queries.ts'

type Reads = Pick<Dependencies, 'db'>

/** The profile has a new username. */
export interface Moved {
  readonly kind: 'moved'
  readonly username: string
}

export interface Found<Value> {
  readonly kind: 'found'
  readonly value: Value
}

export const profileNotFound = () =>
  new DomainError('not_found', { detail: 'There is no profile with this username.' })

/** Returns the key of a username; throws if nobody can have it, so that it is never looked up. */
export function requireUsernameKey(username: string): string {
  const key = keyOf(username)
  if (key === undefined) throw profileNotFound()
  return key
}

/** Finds a private profile too: who may see it is for the caller to decide. */
export async function findProfile(
  { db }: Reads,
  { username }: { readonly username: string },
): Promise<Found<CountedProfile> | Moved> {
  const usernameKey = requireUsernameKey(username)
  const profile = await findProfileByUsername(db, { usernameKey })
  return profile === undefined ? findMoved({ db }, { usernameKey }) : { kind: 'found', value: profile }
}

/** Finds the present username of a former one's owner; a private profile is not found, so that nothing is revealed. */
export async function findMoved(
  { db }: Reads,
  { usernameKey }: { readonly usernameKey: string },
): Promise<Moved> {
  const username = await findPresentUsername(db, { usernameKey })
  const target =
    username === undefined ? undefined : await findProfileByUsername(db, { usernameKey: canonical(username) })
  if (target?.visibility !== 'public') throw profileNotFound()
  return { kind: 'moved', username: target.username }
}
