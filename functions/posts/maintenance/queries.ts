import type { Queryable } from '../../shared/postgres/database.ts'

const update = { name: 'update_counters', text: `select posts.update_counters()` }

/** Skips rows locked by other pods. A tag that is used again is counted from zero. */
const deleteTags = {
  name: 'delete_unused_tags',
  text: `delete from posts.tags where posts = 0 and tag = any(array(
      select tag from posts.tags where posts = 0 limit 500 for update skip locked
    ))
    returning tag`,
}

const continueErasing = {
  name: 'continue_erasures',
  // As in auth, which begins what is continued here.
  timeoutMs: 6_000,
  text: `select posts.continue_erasures() as erased`,
}

const clearEmptied = {
  name: 'clear_emptied_comments',
  text: `select posts.clear_emptied_comments() as "hasCleared"`,
}

/** A random word of a large vocabulary, the first of a small one. */
const selectWord = {
  name: 'select_any_word',
  text: `select coalesce((select word from posts.title_words tablesample system (1) limit 1), '') as word`,
}

const deleteWords = {
  name: 'remove_unused_words',
  text: `select posts.remove_unused_words($1::text, 100) as word`,
}

/** Brings the counters of authors and tags up to date, but for due posts that other transactions have locked. */
export async function updateCounters(db: Queryable): Promise<void> {
  await db.query(update)
}

/** Deletes some tags without posts; true if there may be more. */
export async function deleteUnusedTags(db: Queryable): Promise<boolean> {
  return (await db.query(deleteTags)).length > 0
}

/** Deletes some of what deleted accounts have left; true if there may be more. */
export async function continueErasures(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ erased: number }>(continueErasing)
  return (row?.erased ?? 0) > 0
}

/** Deletes some placeholders of deleted comments along a long thread; true if there may be more. */
export async function clearEmptiedComments(db: Queryable): Promise<boolean> {
  return (await db.query<{ hasCleared: boolean }>(clearEmptied))[0]?.hasCleared ?? false
}

export async function findAnyWord(db: Queryable): Promise<string> {
  return (await db.query<{ word: string }>(selectWord))[0]?.word ?? ''
}

/** Deletes the unused among the hundred words from `from` on; returns the last one, undefined at the end of the vocabulary. */
export async function deleteUnusedWords(
  db: Queryable,
  { from }: { readonly from: string },
): Promise<string | undefined> {
  return (await db.query<{ word: string | null }>(deleteWords, [from]))[0]?.word ?? undefined
}
