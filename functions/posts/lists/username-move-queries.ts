import type { Queryable } from '../../shared/postgres/database.ts'

const selectMoves = {
  name: 'select_username_moves',
  text: `select username_key as "usernameKey", username from profile.username_moves
    where username_key = any ($1::text[])`,
}

interface UsernameMove {
  readonly usernameKey: string
  readonly username: string
}

/** The present usernames of the former ones among `usernameKeys`. */
export const findUsernameMoves = (
  db: Queryable,
  { usernameKeys }: { readonly usernameKeys: readonly string[] },
): Promise<readonly UsernameMove[]> => db.query<UsernameMove>(selectMoves, [usernameKeys])
