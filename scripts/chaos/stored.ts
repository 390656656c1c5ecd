import { psql } from '../cluster/psql.ts'
import type { Stored } from './checker.ts'
import { type WriteKind, writeKinds } from './ledger.ts'

/** Each yields the names by which the ledger knows its writes; a name that occurs twice was written twice. */
const statements: Readonly<Record<WriteKind, string>> = {
  post: "select title as id from posts.posts where title like 'chaos %'",
  comment: "select body as id from posts.comments where body like 'chaos %'",
  favorite: `select account.username || ' ' || post.title as id from posts.favorites favorite
    join posts.posts post on post.id = favorite.post_id
    join auth.accounts account on account.id = favorite.account_id where post.title like 'chaos %'`,
  follow: `select follower.username || ' ' || followee.username as id from profile.follows follow
    join auth.accounts follower on follower.id = follow.follower_id
    join auth.accounts followee on followee.id = follow.followee_id where follower.username like 'chaos%'`,
  account: "select username as id from auth.accounts where username like 'chaos%'",
  session: `select session.id::text as id from auth.sessions session
    join auth.accounts account on account.id = session.account_id
    where account.username like 'chaos%' and session.ended_at is null`,
}

/** Reads what Postgres has of every run on this cluster. */
export async function readStored(namespace: string): Promise<Stored> {
  const pairs = async (statement: string): Promise<ReadonlyMap<string, number>> => {
    const written = await psql(namespace, statement)
    const lines = written === '' ? [] : written.split('\n')
    return new Map(lines.map(line => line.split('|')).map(([id = '', count]) => [id, Number(count)]))
  }
  const rows = new Map<WriteKind, ReadonlyMap<string, number>>()
  for (const kind of writeKinds)
    rows.set(kind, await pairs(`select id, count(*) from (${statements[kind]}) as written group by id`))
  const versions = await pairs(`select title, substring(summary from '^version (\\d+)$') from posts.posts
    where title like 'chaos %' and summary ~ '^version \\d+$'`)
  return { rows, versions }
}
