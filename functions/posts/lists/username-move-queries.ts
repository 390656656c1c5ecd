import type { Database } from '../../shared/postgres/database.ts'

const selectMoves = {
  name: 'select_username_moves',
  text: `select username_key as "usernameKey", username from profile.username_moves
    where username_key = any ($1::text[])`,
}

interface UsernameMove {
  readonly usernameKey: string
  readonly username: string
}

/** The present usernames of those that are former ones. */
export const createUsernameMoves = (database: Database) => (usernameKeys: readonly string[]) =>
  database.query<UsernameMove>(selectMoves, [usernameKeys])

export type UsernameMoves = ReturnType<typeof createUsernameMoves>
