import type { Actor } from '../../shared/access-token.ts'
import { Problem } from '../../shared/problems.ts'
import { once, type Replayable, replayed } from '../idempotency/idempotency.ts'
import type { IdempotentRequest, KeptAnswers } from '../idempotency/queries.ts'
import type { Render } from '../markdown/renderer.ts'
import type { Transactions, Writing } from '../store/transactions.ts'
import { PostDocument, toDocument } from './documents.ts'
import type { PostRow } from './post-rows.ts'
import { changedPublication, publication } from './publication.ts'
import type { PostFields, PostStore } from './queries.ts'
import type { NewPost, PostPatch } from './schemas.ts'
import { hasEnding, isReserved, slugCandidates, toSlug } from './slugs.ts'

export interface PostsOptions {
  readonly store: PostStore
  readonly keptAnswers: KeptAnswers
  readonly inTransaction: Transactions
  readonly render: Render
  /** Told after every change that others may see, once it is committed; resolves when the next read will show it. */
  readonly changed: (slugs: readonly string[]) => Promise<void>
}

/** `expect` is shown the post as it is, its row locked, and throws when the change was meant for another version. */
export type Expect = (current: PostDocument) => void

export const postNotFound = () => new Problem('not_found', 'There is no post at this address.')

/** The verbs that write posts. They know no HTTP; what they refuse they throw as a Problem. */
export function createPosts({ store, keptAnswers, inTransaction, render, changed }: PostsOptions) {
  async function told<Result>(slugs: readonly string[], result: Result): Promise<Result> {
    await changed(slugs)
    // Nobody waits for it, and the next write does what this one could not.
    store.tidyUp().catch(() => undefined)
    return result
  }

  return {
    async create(
      actor: Actor,
      input: NewPost,
      request?: IdempotentRequest,
    ): Promise<Replayable<PostDocument>> {
      const kept = await replayed(keptAnswers, request, PostDocument)
      if (kept !== undefined) return kept
      const { slug: wish, status, publishedAt, ...written } = input
      const [rendered, base] = await Promise.all([
        render(input.body, actor.accountId),
        toSlug(wish ?? input.title),
      ])
      const answer = await inTransaction(transaction =>
        once(transaction.idempotency, request, PostDocument, async () => {
          const key = await claim(
            transaction,
            actor,
            wish === undefined ? slugCandidates(base) : wished(base),
          )
          await transaction.posts.insert(key, {
            ...written,
            ...rendered,
            // Asked only of a first request: a replay comes when the time may have passed.
            ...publication(status, publishedAt),
            slug: key.slug,
          })
          return toDocument(existing(await transaction.posts.bySlug(key.slug)))
        }),
      )
      return told([answer.value.slug], answer)
    },

    async change(actor: Actor, slug: string, patch: PostPatch, expect: Expect): Promise<PostDocument> {
      const { body } = patch
      // Before any work on a long text: whether the post is there, is the caller's, and is the version that is meant. All
      // of it is asked again of the locked row.
      if (body !== undefined) requireOwn(await store.bySlug(slug), actor, expect)
      const [rendered, wish] = await Promise.all([
        body === undefined ? undefined : render(body, actor.accountId),
        patch.slug ? toSlug(patch.slug) : undefined,
      ])
      const [former, document] = await inTransaction(async transaction => {
        const current = await lockOwn(transaction, actor, slug, expect)
        const fields = {
          ...current,
          ...patched(current, patch),
          ...rendered,
          ...changedPublication(current, patch),
        }
        const next = await movedSlug(transaction, actor, current, fields, patch.slug, wish)
        // Nothing is written where nothing changes: the ETag stays.
        if (isSame({ ...fields, slug: next }, current)) return [current.slug, toDocument(current)]
        await transaction.posts.update(current, { ...fields, slug: next })
        return [current.slug, toDocument(existing(await transaction.posts.bySlug(next)))]
      })
      return told([slug, former, document.slug], document)
    },

    async delete(actor: Actor, slug: string, expect: Expect): Promise<void> {
      const former = await inTransaction(async transaction => {
        const current = await lockOwn(transaction, actor, slug, expect)
        await transaction.posts.delete(current)
        return current.slug
      })
      await told([slug, former], undefined)
    },
  }
}

export type Posts = ReturnType<typeof createPosts>

const lockOwn = async ({ posts }: Writing, actor: Actor, slug: string, expect: Expect): Promise<PostRow> =>
  requireOwn(await posts.lock(slug), actor, expect)

/** Others' drafts are not there; what everyone sees is there, and not theirs to change. */
function requireOwn(found: PostRow | undefined, actor: Actor, expect: Expect): PostRow {
  const current = existing(found)
  if (current.authorId !== actor.accountId) {
    if (current.status !== 'published') throw postNotFound()
    throw new Problem('forbidden', 'Only its author can change a post.')
  }
  expect(toDocument(current))
  return current
}

/** A claimed slug, and the key of the post that will have it. */
async function claim({ posts }: Writing, { accountId }: Actor, candidates: Iterable<string>) {
  for (const slug of candidates) {
    const key = await posts.claimSlug(slug, accountId, null)
    if (key !== undefined) return { ...key, slug }
  }
  throw slugTaken()
}

/** A slug stays when the title changes, since it is in links; a wish or null asks for another. */
async function movedSlug(
  { posts }: Writing,
  { accountId }: Actor,
  current: PostRow,
  { title }: { readonly title: string },
  asked: string | null | undefined,
  wish: string | undefined,
): Promise<string> {
  if (asked === undefined) return current.slug
  const base = wish ?? (await toSlug(title))
  if (base === current.slug) return current.slug
  for (const slug of wish === undefined ? slugCandidates(base) : wished(base)) {
    // The slug itself is another post's: with its ending, the present one is as good as any.
    if (wish === undefined && slug !== base && hasEnding(current.slug, base)) return current.slug
    if ((await posts.claimSlug(slug, accountId, current.id)) !== undefined) return slug
  }
  throw slugTaken()
}

function wished(slug: string): readonly string[] {
  if (isReserved(slug)) throw slugTaken()
  return [slug]
}

const slugTaken = () =>
  new Problem('conflict', 'Another post has this slug.', { errors: [{ path: 'slug', message: 'is taken' }] })

function existing(row: PostRow | undefined): PostRow {
  if (row === undefined) throw postNotFound()
  return row
}

/** What the author writes, with what the patch has of it. */
function patched(current: PostRow, patch: PostPatch) {
  const {
    title = current.title,
    summary = current.summary,
    body = current.body,
    tags = current.tags,
    language = current.language,
    coverImageUrl = current.coverImageUrl,
    canonicalUrl = current.canonicalUrl,
    commentsOpen = current.commentsOpen,
  } = patch
  return { title, summary, body, tags: tags ?? [], language, coverImageUrl, canonicalUrl, commentsOpen }
}

const compared = [
  ...(['slug', 'state', 'title', 'summary', 'body', 'language'] as const),
  ...(['coverImageUrl', 'canonicalUrl', 'commentsOpen'] as const),
]

const isSame = (fields: PostFields, current: PostRow): boolean =>
  compared.every(name => fields[name] === (name === 'state' ? stateOf(current) : current[name])) &&
  fields.publishedAt?.getTime() === current.publishedAt?.getTime() &&
  fields.tags.join('\n') === current.tags.join('\n')

const stateOf = ({ status }: PostRow) => (status === 'scheduled' ? 'published' : status)
