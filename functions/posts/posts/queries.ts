import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { type PostKey, type PostRow, postJoins, selectedColumns } from './post-columns.ts'
import { fieldNames, type PostFields, postColumns } from './post-fields.ts'

const selectPost = `select ${selectedColumns(['summary', 'excerpt', 'body', 'html'])}
    from posts.slugs directory
    ${postJoins('directory')}
    where directory.slug = $1::text`

/** Exported for the tests of plans and of the number of statements. */
export const selectBySlug = { name: 'select_post_by_slug', text: selectPost }
const lockBySlug = { name: 'lock_post_by_slug', text: `${selectPost} for update of post` }

/** A slug that the post had before becomes its own again. */
const insertSlug = {
  name: 'claim_slug',
  text: `insert into posts.slugs as directory (slug, author_id, post_id)
    values ($1::text, $2::uuid, coalesce($3::uuid, uuidv7()))
    on conflict (slug) do update set slug = excluded.slug
      where directory.author_id = excluded.author_id and directory.post_id = excluded.post_id
    returning author_id as "authorId", post_id as id`,
}

/** After the key, `$1` and `$2`. */
const parameterOf = (name: keyof PostFields) => `$${fieldNames.indexOf(name) + 3}::${postColumns[name].type}`
const columns = fieldNames.map(name => postColumns[name].column)
const values = fieldNames.map(name => {
  const { value } = postColumns[name]
  return value === undefined ? parameterOf(name) : value(parameterOf(name), parameterOf('state'))
})

/** post-fields.test.ts shows both in full. */
export const insertStatement = {
  name: 'insert_post',
  text: `insert into posts.posts (author_id, id, ${columns.join(', ')})
    values ($1::uuid, $2::uuid, ${values.join(', ')})`,
}
export const updateStatement = {
  name: 'update_post',
  text: `update posts.posts
    set version = version + 1, updated_at = posts.now_ms(), ${columns.map((column, n) => `${column} = ${values[n]}`).join(', ')}
    where author_id = $1::uuid and id = $2::uuid`,
}
const parametersOf = ({ authorId, id }: PostKey, fields: PostFields) => [
  authorId,
  id,
  ...fieldNames.map(name => fields[name]),
]

const deleteStatement = {
  name: 'delete_post',
  text: `delete from posts.posts where author_id = $1::uuid and id = $2::uuid`,
}

interface BySlug {
  readonly slug: string
}

export async function findPost(db: Queryable, { slug }: BySlug): Promise<PostRow | undefined> {
  return (await db.query<PostRow>(selectBySlug, [slug]))[0]
}

/** Locks the row of the post until the transaction ends. */
export async function lockPost(tx: Queryable, { slug }: BySlug): Promise<PostRow | undefined> {
  return (await tx.query<PostRow>(lockBySlug, [slug]))[0]
}

export interface SlugClaim {
  readonly slug: string
  readonly authorId: AccountId
  /** Null for a new post, whose id the claim decides. */
  readonly id: PostKey['id'] | null
}

/** Undefined if the slug belongs to another post. */
export async function claimSlug(tx: Queryable, claim: SlugClaim): Promise<PostKey | undefined> {
  return (await tx.query<PostKey>(insertSlug, [claim.slug, claim.authorId, claim.id]))[0]
}

interface PostWrite {
  readonly key: PostKey
  readonly fields: PostFields
}

export async function insertPost(tx: Queryable, { key, fields }: PostWrite): Promise<void> {
  await tx.query(insertStatement, parametersOf(key, fields))
}

export async function updatePost(tx: Queryable, { key, fields }: PostWrite): Promise<void> {
  await tx.query(updateStatement, parametersOf(key, fields))
}

export async function deletePost(tx: Queryable, { authorId, id }: PostKey): Promise<void> {
  await tx.query(deleteStatement, [authorId, id])
}
