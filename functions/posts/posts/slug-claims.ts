import type { Queryable } from '../../shared/postgres/database.ts'
import type { PostKey } from './post-columns.ts'
import { slugReserved, slugTaken } from './post-errors.ts'
import { claimSlug } from './queries.ts'
import { hasEnding, isReserved, slugCandidates, toSlug } from './slugs.ts'

interface NextSlug {
  readonly current: PostKey & { readonly slug: string }
  readonly title: string
  /** As in the patch: undefined keeps the slug, null asks for one made from the title. */
  readonly requested: string | null | undefined
  readonly requestedSlug: string | undefined
}

/** The slug after a change. It stays when only the title changes, since links contain it. */
export async function claimNextSlug(
  tx: Queryable,
  { current, title, requested, requestedSlug }: NextSlug,
): Promise<string> {
  if (requested === undefined) return current.slug
  const isRequested = requestedSlug !== undefined
  const base = requestedSlug ?? (await toSlug(title))
  if (base === current.slug) return current.slug
  for (const slug of candidatesOf(base, isRequested)) {
    // The base belongs to another post: the present slug, which has an ending already, is as good as a new one.
    if (!isRequested && slug !== base && hasEnding(current.slug, base)) return current.slug
    if ((await claimSlug(tx, { ...current, slug })) !== undefined) return slug
  }
  throw slugTaken()
}

/** The slugs to try, in this order. `base` is made from the title, or from the slug that was requested. */
export function candidatesOf(base: string, isRequested: boolean): Iterable<string> {
  if (!isRequested) return slugCandidates(base)
  if (isReserved(base)) throw slugReserved()
  return [base]
}
