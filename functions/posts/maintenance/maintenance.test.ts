import { expect, test, vi } from 'vitest'
import { createLog } from '../../shared/log.ts'
import type { Database } from '../../shared/postgres/database.ts'
import { createTestApp, type TestAccount } from '../test-app.ts'
import { createCleanup, createMaintenance } from './maintenance.ts'
import { updateCounters } from './queries.ts'

const { createAccount, database, owner, ask, write, change } = await createTestApp()

/** Advances the clock by an hour for each run. */
let nowMs = 0
const cleanUp = createCleanup(database, () => nowMs)
async function cleanUpLater() {
  nowMs += 3_600_000
  await cleanUp()
}

const remove = (as: TestAccount, slug: string) =>
  ask('DELETE', `/posts/${slug}`, { as, headers: { 'if-match': '*' } })
const left = async (word: string) =>
  (await owner.query<{ kind: string }>(selectLeft, [word])).map(({ kind }) => kind)

test('deletes tags and words that no post has, and no others', async () => {
  const ada = await createAccount('ada')
  const [gone, draft] = [
    await write(ada, { title: 'Zyxgone once', tags: ['zyxgone'] }),
    await write(ada, { title: 'Zyxdraft once', tags: ['zyxdraft'] }),
  ]
  await write(ada, { title: 'Zyxstays', tags: ['zyxstays'] })
  await updateCounters(database)
  await remove(ada, gone.slug)
  await change(ada, draft.slug, '*', { status: 'draft' })
  expect(await left('zyxgone')).toEqual(['tag', 'word'])
  await cleanUpLater()
  for (const word of ['zyxgone', 'zyxdraft']) expect(await left(word)).toEqual([])
  expect(await left('zyxstays')).toEqual(['tag', 'word'])
  // A tag that is used again is counted from zero.
  await change(ada, draft.slug, '*', { status: 'published' })
  await updateCounters(database)
  expect(await left('zyxdraft')).toEqual(['tag', 'word'])
})

test('deletes thousands of rows, at most once a minute', async () => {
  await owner.query(insertUnused)
  await cleanUp()
  expect(await left('unused1')).toEqual(['tag', 'word'])
  const kinds = async () => [...(await left('unused1')), ...(await left('unused2000'))]
  await vi.waitFor(async () => {
    await cleanUpLater()
    expect(await kinds()).toEqual([])
  }, 10_000)
})

test('keeps the twenty latest former slugs of a post', async () => {
  const ada = await createAccount('ada')
  const { slug: first } = await write(ada, { title: `Name ${ada.username}` })
  const names = Array.from({ length: 22 }, (_, n) => `name-${n}-${ada.username}`)
  let current = first
  for (const slug of names) {
    const response = await change(ada, current, '*', { slug })
    expect(response.status).toBe(200)
    current = JSON.parse(await response.text()).slug
  }
  const status = async (slug: string) => (await ask('GET', `/posts/${slug}`)).status
  expect(
    await Promise.all([first, names[0], names[1], names[20], names[21]].map(slug => status(slug ?? ''))),
  ).toEqual([404, 404, 308, 308, 200])
  // A former slug becomes the present one again.
  await change(ada, current, '*', { slug: names[10] })
  expect([await status(names[10] ?? ''), await status(current)]).toEqual([200, 308])
})

const selectLeft = {
  name: 'select_left_of_word',
  text: `select 'tag' as kind from posts.tags where tag = $1::text
    union all select 'word' from posts.title_words where word = $1::text`,
}
const insertUnused = {
  name: 'insert_unused',
  text: `with tags as (insert into posts.tags select 'unused' || n, 0 from generate_series(1, 2000) n)
    insert into posts.title_words select 'unused' || n from generate_series(1, 2000) n`,
}

test('one run follows the other', async () => {
  let running = 0
  let most = 0
  const finish: (() => void)[] = []
  const slow: Database = {
    ...database,
    async query(statement, parameters) {
      if (statement.name !== 'update_counters') return database.query(statement, parameters)
      running += 1
      most = Math.max(most, running)
      await new Promise<void>(resolve => finish.push(resolve))
      running -= 1
      return []
    },
  }
  let clockMs = 0
  const maintain = createMaintenance(slow, createLog('test', 'error'), () => clockMs)
  const first = maintain()
  await vi.waitFor(() => expect(finish).toHaveLength(1), 10_000)
  clockMs += 1_000
  const second = maintain()
  const third = maintain()
  finish[0]?.()
  await first
  await vi.waitFor(() => expect(finish).toHaveLength(2), 10_000)
  finish[1]?.()
  await Promise.all([second, third])
  expect(most).toBe(1)
})

test('what fails once a minute does not keep the rest from being done', async () => {
  const ada = await createAccount('ada')
  const { slug } = await write(ada, { tags: ['zyxlater'] })
  await updateCounters(database)
  await remove(ada, slug)
  const failing: Database = {
    ...database,
    query: (statement, parameters) =>
      statement.name === 'continue_erasures'
        ? Promise.reject(new Error('too slow'))
        : database.query(statement, parameters),
  }
  nowMs += 3_600_000
  const clean = createCleanup(failing, () => nowMs)
  nowMs += 3_600_000
  await expect(clean()).rejects.toThrow('too slow')
  expect(await left('zyxlater')).toEqual([])
})
