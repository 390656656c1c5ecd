import type { Database } from '../../shared/postgres/database.ts'

/** Skips what another pod is counting. A tag that comes back is counted from zero again. */
const deleteUnusedTags = {
  name: 'delete_unused_tags',
  text: `delete from posts.tags where posts = 0 and tag = any(array(
      select tag from posts.tags where posts = 0 limit 500 for update skip locked
    ))
    returning tag`,
}
const continueErasures = {
  name: 'continue_erasures',
  text: `select posts.continue_erasures() as erased`,
}
/** Somewhere in a large vocabulary, at the beginning of a small one. */
const selectPlace = {
  name: 'select_word_to_begin_at',
  text: `select coalesce((select word from posts.title_words tablesample system (1) limit 1), '') as place`,
}
const removeUnusedWords = {
  name: 'remove_unused_words',
  text: `select posts.remove_unused_words($1::text, 100) as place`,
}

const intervalMs = 60_000
/** Of each minute: a vocabulary of 100,000 words is looked through in some minutes. */
const budgetMs = 250

/**
 * Removes what nothing refers to any more: tags without posts, words that no title has, what is left of erased authors.
 * Called with every write, since only writes leave such things behind; does something once a minute.
 */
export function createMaintenance(database: Database, now: () => number = () => performance.now()) {
  let nextMs = now() + intervalMs / 6
  let place: string | undefined

  async function removeTags(): Promise<boolean> {
    return (await database.query(deleteUnusedTags)).length > 0
  }
  async function erase(): Promise<boolean> {
    const [row] = await database.query<{ erased: number }>(continueErasures)
    return (row?.erased ?? 0) > 0
  }
  /** From where the last time ended, at first from where chance says; false at the end of the vocabulary. */
  async function removeWords(): Promise<boolean> {
    const begin = place ?? (await database.query<{ place: string }>(selectPlace))[0]?.place ?? ''
    const [row] = await database.query<{ place: string | null }>(removeUnusedWords, [begin])
    const last = row?.place ?? undefined
    place = last ?? ''
    return last !== undefined
  }

  return async function maintain(): Promise<void> {
    if (now() < nextMs) return
    nextMs = now() + intervalMs
    for (const remove of [erase, removeTags, removeWords]) {
      const untilMs = now() + budgetMs
      while ((await remove()) && now() < untilMs);
    }
  }
}
