import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { toSearchQuery } from './search-query.ts'
import { insertNewerPosts } from './test-newer-posts.ts'
import { literalOf, parseSearch, wordsOf } from './words.ts'

const { createAccount, owner, write, page, find } = await createTestApp()

/** Text made of search syntax, tsquery syntax and scripts without spaces. */
const typed = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({
    unit: fc.constantFrom(...`"-'\\:*&|!()<>@#+. aé漢字ไ가1\u0301\u200d“”`),
    maxLength: 200,
  }),
)

test('joined words split into the same words again', () => {
  fc.assert(
    fc.property(typed, text => {
      const words = wordsOf(text)
      expect(wordsOf(words.join(' '))).toEqual(words)
    }),
  )
})

test('makes a valid tsquery from any text', async () => {
  const statement = {
    name: '',
    text: `select posts.search_query($1::text, $2::text, null) as query,
      posts.prefix_query($3::text, $4::text, $2::text, null) as begun`,
  }
  await fc.assert(
    fc.asyncProperty(typed, async text => {
      const query = toSearchQuery(parseSearch(text), literalOf(text))
      if (query === undefined) return
      await owner.query(statement, [query.required, query.excluded, query.others, query.last])
    }),
    { numRuns: 100 },
  )
})

test('ranks the word itself above longer words, however new they are', async () => {
  const ada = await createAccount()
  await write(ada, { title: 'Mars rover', publishedAt: '2020-01-01T00:00:00Z' })
  await owner.query(insertNewerPosts, [ada.actor.accountId, 'Marsupial market'])
  const { items, total, totalIsExact } = await page('/posts?q=mars&limit=100&total=true')
  expect(items[0]?.title).toBe('Mars rover')
  expect([items.length, total, totalIsExact]).toEqual([100, 200, false])
})

test('finds a phrase by adjacent words, and excludes -word', async () => {
  const ada = await createAccount()
  await write(ada, { title: 'Blue whales', body: 'A blue whale sings.' })
  await write(ada, { title: 'Whale, blue', body: 'Sings of harbours.', language: 'en' })
  const all = ['Blue whales', 'Whale, blue']
  expect((await find('blue whale')).toSorted()).toEqual(all)
  for (const q of ['"blue whale"', '“blue whales”', '"Blue whale', 'whale -harbour', 'blue -"whale blue"'])
    expect(await find(q), q).toEqual(['Blue whales'])
  expect(await find('"whale sings" -nothing')).toEqual(['Blue whales'])
  expect(await find('-blue')).toEqual([])
  expect(await find('-blue -whale "')).toEqual([])
  expect(await find('whale-blue')).toHaveLength(2)
})

test('matches stop words exactly, without prefixes or similar words', async () => {
  const ada = await createAccount()
  await write(ada, { title: 'Theory of tides', language: 'en' })
  await write(ada, { title: 'Who is who', language: 'en' })
  expect(await find('the')).toEqual([])
  expect(await find('who is')).toEqual(['Who is who'])
})

test('finds a word anywhere in text without spaces', async () => {
  const ada = await createAccount()
  const texts = ['東京都庁の展望室', 'สวัสดีชาวโลก', '서울에서의하루', 'カタカナ入門Tokyo2026案内']
  for (const title of texts) await write(ada, { title, body: `${title}。` })
  for (const [q, title] of [
    ['京都', texts[0]],
    ['展望室', texts[0]],
    ['"都庁の展"', texts[0]],
    ['室', texts[0]],
    ['庁', texts[0]],
    ['ชาว', texts[1]],
    ['에서', texts[2]],
    ['入門', texts[3]],
    ['tokyo2026', texts[3]],
    ['案', texts[3]],
  ])
    expect(await find(q ?? ''), q).toEqual([title])
  expect(await find('東庁')).toEqual([])
})

test('ranks a title with the literal search first', async () => {
  const ada = await createAccount()
  for (const title of ['C++ in depth', 'C# in depth', 'C in depth']) await write(ada, { title })
  expect(await find('C depth -sea')).toEqual(['C in depth', 'C# in depth', 'C++ in depth'])
  expect((await find('C in'))[0]).toBe('C in depth')
})

test('finds a letter with signs that Markdown escapes', async () => {
  const ada = await createAccount()
  await write(ada, { title: 'Escaped', body: 'Of C\\+\\+, C+\\+ and J\\#' })
  await write(ada, { title: 'Other letters', body: 'Of C, J, C\\\\+ and J\\\\#' })
  for (const q of ['C++', 'J#', 'C\\+\\+', '"J\\#"'])
    expect(await find(q, `&author=${ada.username}`), q).toEqual(['Escaped'])
})

test('finds a letter with signs in each language, also where the letter is a stop word', async () => {
  const ada = await createAccount()
  const languages = ['de', 'en', 'fr', 'it', undefined]
  const names = ['C++', 'C#', 'D#', 'F#', '.NET']
  for (const name of names)
    for (const language of languages)
      await write(ada, { title: `Of ${language}`, body: `用${name}写 (${name}, ${name} 20).`, language })
  const everyLanguage = languages.map(language => `Of ${language}`)
  for (const name of names)
    for (const q of [name, name.toLowerCase(), `"${name} 20"`])
      expect((await find(q, `&author=${ada.username}`)).toSorted(), q).toEqual(everyLanguage)
})

test('finds no post twice and none too few, over periods and filters', async () => {
  const ada = await createAccount()
  await owner.query(yearsOfPosts, [ada.actor.accountId])
  const count = async (q: string, more = '') => {
    const { total } = await page(`/posts?q=${encodeURIComponent(q)}&total=true&limit=100${more}`)
    return total
  }
  const seen = new Set<string>()
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { items, nextCursor } = await page(`/posts?q=quokka&limit=100${cursor && `&cursor=${cursor}`}`)
    for (const { slug } of items) seen.add(slug)
    cursor = nextCursor
  }
  // Every 13th of 2,500 posts, a day apart.
  expect(seen.size).toBe(192)
  expect(await count('quokka')).toBe(192)
  expect(await count('quok')).toBe(192)
  expect(await count('common')).toBe(200)
  expect(await count('"common quokka"')).toBe(192)
  expect(await count('"quokka common"')).toBe(0)
  expect(await count('common -quokka')).toBe(200)
  expect(await count('quokka', '&tag=odd')).toBe(96)
  expect(await count('quokka', `&author=${ada.username}&language=fr`)).toBe(96)
  expect(await count('quokka', `&author=nobody-else`)).toBe(0)
  const from = new Date(Date.now() - 1_300.5 * 86_400_000).toISOString()
  const to = new Date(Date.now() - 649.5 * 86_400_000).toISOString()
  expect(await count('quokka', `&from=${from}&to=${to}`)).toBe(51)
  expect(await count('quok', `&to=${to}&tag=odd`)).toBe(71)
  await owner.query(antedate, [])
  expect(await count('quokka', '&fields=none')).toBe(192)
})

const antedate = {
  name: '',
  text: `update posts.posts set published_at = '0001-01-01' where slug = 'year-13'`,
}

const yearsOfPosts = {
  name: '',
  text: `with new as (
      insert into posts.slugs (slug, author_id, post_id)
      select 'year-' || n, $1::uuid, uuidv7() from generate_series(1, 2500) n returning *, substring(slug from 6)::int as n
    )
    insert into posts.posts (author_id, id, slug, state, published_at, title, body, html, excerpt, reading_minutes, tags, language)
    select author_id, post_id, slug, 'published', now() - n * interval '1 day', 'One', case when n % 13 = 0 then 'common quokka' else 'common' end,
      'b', 'b', 1, case when n % 2 = 1 then '{odd}' else '{even}' end::text[], case when n % 2 = 1 then 'en' else 'fr' end
    from new`,
}
