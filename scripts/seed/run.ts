import type { Client } from 'pg'
import { withClient } from '../../functions/migrate/with-client.ts'
import { secondaryIndexes, seededAccounts, seedStatements, settle } from './statements.ts'

/**
 * Fills the database of this owner's URL with posts and what belongs to them, in one transaction: a seed that is stopped
 * leaves neither rows nor a missing index. Calls `tell` for each step of more than a second.
 */
export const seed = (
  ownerUrl: string,
  posts: number,
  tell: (line: string) => void = () => undefined,
): Promise<void> =>
  withClient(ownerUrl, async client => {
    const { rows } = await client.query<{ count: number }>(seededAccounts)
    if ((rows[0]?.count ?? 0) > 0)
      throw new Error('The database is already seeded: remove the data folder to start afresh.')
    await client.query('begin')
    const indexes = await client.query<{ name: string; definition: string }>(secondaryIndexes)
    for (const { name } of indexes.rows) await client.query(`drop index ${name}`)
    for (const statement of seedStatements(posts)) await run(client, statement, tell)
    for (const { definition } of indexes.rows) await run(client, definition, tell)
    await client.query('commit')
    await run(client, settle, tell)
  })

async function run(client: Client, statement: string, tell: (line: string) => void): Promise<void> {
  const startMs = performance.now()
  await client.query(statement)
  const seconds = (performance.now() - startMs) / 1_000
  if (seconds > 1) tell(`${seconds.toFixed(1)} s  ${statement.replaceAll(/\s+/g, ' ').slice(0, 70)}`)
}
