import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { type PostKey, type PostRow, postJoins, selectedColumns, sharesAccount } from './post-columns.ts'
import { fieldNames, type PostFields, postColumns } from './post-fields.ts'

const selectPost = `select ${selectedColumns(['summary', 'excerpt', 'body', 'html'])}
    from posts.slugs directory
    ${postJoins('directory')}
    where directory.slug = $1::text`

/** Exported for the tests of plans and of the number of statements. */
export const selectBySlug = { name: 'select_post_by_slug', text: selectPost }
const lockBySlug = {
  name: 'lock_post_by_slug',
  text: `${selectPost} and ${sharesAccount('$2')} for update of post`,
}

/** A slug that the post had before becomes its own again. */
const insertSlug = {
  name: 'claim_slug',
  text: `insert into posts.slugs as directory (slug, author_id, post_id)
    values ($1::text, $2::uuid, $3::uuid)
    on conflict (slug) do update set slug = excluded.slug
      where directory.author_id = excluded.author_id and directory.post_id = excluded.post_id
    returning author_id as "authorId", post_id as id`,
}

const parameterOf = (name: keyof PostFields, first: number) =>
  `$${fieldNames.indexOf(name) + first}::${postColumns[name].type}`
const columns = fieldNames.map(name => postColumns[name].column)
/** The values of the columns, from parameters that begin with `$first`. */
const valuesFrom = (first: number) =>
  fieldNames.map(name => {
    const { value } = postColumns[name]
    const parameter = parameterOf(name, first)
    return value === undefined ? parameter : value(parameter, parameterOf('state', first))
  })

/**
 * Claims the slug, writes the post and selects it as a reader will: in one round trip, so that a lock is held only while
 * Postgres works. No row if the slug belongs to another post. post-fields.test.ts shows both statements in full.
 * Triggers: posts_require_account (rejects a suspended author), posts_decide_counted, posts_note_new (counters, tags, words).
 */
export const insertStatement = {
  name: 'insert_post',
  text: `with claimed as (
      insert into posts.slugs (author_id, post_id, slug) values ($1::uuid, uuidv7(), ${parameterOf('slug', 2)})
      on conflict (slug) do nothing
      returning author_id, post_id
    ), post as (
      insert into posts.posts (author_id, id, ${columns.join(', ')})
      select author_id, post_id, ${valuesFrom(2).join(', ')} from claimed
      returning author_id, id, version, created_at, updated_at, ${columns.join(', ')}
    )
    select ${selectedColumns(['summary', 'excerpt', 'body', 'html'])}
    from post
    cross join (values (0, 0)) counts (favorites, comments)
    left join profile.authors author on author.id = post.author_id`,
}
const assignments = valuesFrom(3).map((value, n) => `${columns[n]} = ${value}`)
export const updateStatement = {
  name: 'update_post',
  text: `update posts.posts
    set version = version + 1, updated_at = posts.now_ms(), ${assignments.join(', ')}
    where author_id = $1::uuid and id = $2::uuid`,
}
const parametersOf = (fields: PostFields) => fieldNames.map(name => fields[name])

/** Of each kind; the newest comments first, since a reply is newer than its parent. */
const reactionsBatch = 1_000
const eraseReactionsStatement = {
  name: 'erase_reactions',
  text: `with favorites as (
      delete from posts.favorites where author_id = $1::uuid and post_id = $2::uuid and account_id = any(array(
        select account_id from posts.favorites where author_id = $1::uuid and post_id = $2::uuid limit ${reactionsBatch}
      ))
      returning 1
    ), comments as (
      delete from posts.comments where author_id = $1::uuid and post_id = $2::uuid and id = any(array(
        select id from posts.comments where author_id = $1::uuid and post_id = $2::uuid
        order by id desc limit ${reactionsBatch}
      ))
      returning 1
    )
    select greatest((select count(*) from favorites), (select count(*) from comments)) < ${reactionsBatch} as "isDone"`,
}

/** Nobody reads it any more, nor comments on it. */
const hideStatement = {
  name: 'hide_post',
  text: `update posts.posts set state = 'archived' where author_id = $1::uuid and id = $2::uuid and state <> 'archived'`,
}

const deleteStatement = {
  name: 'delete_post',
  text: `delete from posts.posts where author_id = $1::uuid and id = $2::uuid`,
}

interface BySlug {
  readonly slug: string
}

interface LockBySlug extends BySlug {
  readonly writer: AccountId
}

export async function findPost(db: Queryable, { slug }: BySlug): Promise<PostRow | undefined> {
  return (await db.query<PostRow>(selectBySlug, [slug]))[0]
}

/** Locks the account of the writer, and then the row of the post, until the transaction ends. */
export async function lockPost(tx: Queryable, { slug, writer }: LockBySlug): Promise<PostRow | undefined> {
  return (await tx.query<PostRow>(lockBySlug, [slug, writer]))[0]
}

export interface SlugClaim {
  readonly slug: string
  readonly authorId: AccountId
  readonly id: PostKey['id']
}

/** Undefined if the slug belongs to another post. */
export async function claimSlug(tx: Queryable, claim: SlugClaim): Promise<PostKey | undefined> {
  return (await tx.query<PostKey>(insertSlug, [claim.slug, claim.authorId, claim.id]))[0]
}

interface NewPostRow {
  readonly authorId: AccountId
  readonly fields: PostFields
}

/** Returns the new post; undefined if its slug belongs to another. */
export async function insertPost(
  db: Queryable,
  { authorId, fields }: NewPostRow,
): Promise<PostRow | undefined> {
  return (await db.query<PostRow>(insertStatement, [authorId, ...parametersOf(fields)]))[0]
}

interface PostWrite {
  readonly key: PostKey
  readonly fields: PostFields
}

export async function updatePost(tx: Queryable, { key, fields }: PostWrite): Promise<void> {
  await tx.query(updateStatement, [key.authorId, key.id, ...parametersOf(fields)])
}

/**
 * Deletes the post, or hides it and deletes some of its favorites and comments: all of those of a popular post take longer
 * than a statement may. Returns whether the post is deleted.
 */
export async function deletePostOrPart(tx: Queryable, { authorId, id }: PostKey): Promise<boolean> {
  const [erased] = await tx.query<{ isDone: boolean }>(eraseReactionsStatement, [authorId, id])
  const isDone = erased?.isDone === true
  await tx.query(isDone ? deleteStatement : hideStatement, [authorId, id])
  return isDone
}
