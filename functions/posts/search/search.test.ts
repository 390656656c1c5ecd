import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const { createAccount, ask, write, page, find } = await createTestApp()

test('finds posts with all words, better matches first', async () => {
  const ada = await createAccount()
  await write(ada, { title: 'On cranes', body: 'Cranes and a zeppelin.' })
  await write(ada, { title: 'The zeppelin', summary: 'A zeppelin, at last.', body: 'Zeppelin.' })
  await write(ada, { title: 'Only cranes', body: 'No airship.' })
  expect(await find('zeppelin')).toEqual(['The zeppelin', 'On cranes'])
  expect(await find('cranes zeppelin')).toEqual(['On cranes'])
  expect(await find('ZEPPELIN!!')).toHaveLength(2)
  expect(await find('zeppelin nosuchthing')).toEqual([])
  for (const odd of ['   ', "'", '\\', ':*', '& | !', '<->', "a'b:*&(", 'the', '"']) {
    expect((await ask('GET', `/posts?q=${encodeURIComponent(odd)}`)).status).toBe(200)
  }
})

test('finds the last word by its beginning', async () => {
  await write(await createAccount(), { title: 'Kaleidoscopes', body: 'Turned slowly.' })
  expect(await find('kaleid')).toEqual(['Kaleidoscopes'])
  expect(await find('turned kaleido')).toEqual(['Kaleidoscopes'])
})

test('searches each post in its own language, with and without a language filter', async () => {
  const ada = await createAccount()
  await write(ada, { title: 'Corridas', body: 'Estaba bailando en la calle.', language: 'es' })
  await write(ada, { title: 'Häuser', body: 'Die Gärten blühten.', language: 'de' })
  await write(ada, { title: 'Running', body: 'They were vaulting fences.', language: 'en' })
  expect(await find('bailar')).toEqual(['Corridas'])
  expect(await find('bailar', '&language=es')).toEqual(['Corridas'])
  expect(await find('bailar', '&language=de')).toEqual([])
  expect(await find('vaulted')).toEqual(['Running'])
  // Ignores accents.
  expect(await find('garten')).toEqual(['Häuser'])
})

test.each(['no', 'nb', 'nn'])('stems Norwegian by the code %s', async language => {
  await write(await createAccount(), { title: `Norsk ${language}`, body: 'Og fjordane på kysten.', language })
  for (const more of ['', `&language=${language}`])
    expect(await find('fjordene', more)).toContain(`Norsk ${language}`)
  // `på` is a stop word.
  expect(await find('"på kyst"', `&language=${language}`)).toEqual([`Norsk ${language}`])
})

test('marks matches in escaped text', async () => {
  await write(await createAccount(), {
    title: 'The <b>wombat</b> & co',
    body: 'A wombat <script>alert(1)</script> digs & digs.',
  })
  const { items } = await page('/posts?q=wombats&fields=none')
  const [{ highlights } = {}] = items
  expect(highlights?.title).toBe('The &lt;b&gt;<mark>wombat</mark>&lt;/b&gt; &amp; co')
  expect(highlights?.text).toContain('<mark>wombat</mark>')
  expect(highlights?.text).not.toContain('<script')
  expect(highlights?.text.replaceAll(/<\/?mark>/g, '')).not.toMatch(/[<>]/)
})

test('finds a mistyped title if no post has the word as typed', async () => {
  const ada = await createAccount()
  await write(ada, { title: 'Postgres internals', body: 'Pages.' })
  expect(await find('potsgres')).toEqual(['Postgres internals'])
  expect(await find('postgers internels')).toEqual(['Postgres internals'])
  expect(await find('qqqqq')).toEqual([])
  await write(ada, { title: 'Databases', body: 'Postgres is one of them.' })
  expect(await find('potsgres')).toEqual(['Postgres internals', 'Databases'])
  expect(await page('/posts?q=potsgres&limit=1&total=true')).toMatchObject({ total: 2, totalIsExact: true })
  await write(ada, { title: 'Potsgres', body: 'A typo in itself.' })
  expect(await find('potsgres')).toEqual(['Potsgres'])
})

test('corrects a mistyped search of up to 64 letters', async () => {
  const ada = await createAccount()
  const words = ['Meteorological', 'instrumentation', 'characteristics', 'photogrammetry']
  await write(ada, { title: words.join(' ') })
  expect(await find('meteorolgical instrumentatoin charcateristics photogrametry')).toEqual([words.join(' ')])
  expect(await find('meteorolgical instrumentatoin charcateristics photogrametry meteorolog')).toEqual([])
})

test('does not find posts that are not public, by exact or similar words', async () => {
  const ada = await createAccount()
  for (const status of ['draft', 'archived', 'scheduled']) {
    const publishedAt = status === 'scheduled' ? new Date(Date.now() + 3_600_000).toISOString() : null
    await write(ada, { title: `Unspeakable ${status}`, body: 'quixotry', status, publishedAt })
  }
  expect(await find('quixotry')).toEqual([])
  expect(await find('unspaekable')).toEqual([])
})

test('filters, pages and counts a search', async () => {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  for (let n = 0; n < 7; n += 1) {
    await write(n % 2 ? ada : bob, {
      title: `Marmots ${n}`,
      body: 'marmot '.repeat(n + 1),
      tags: n < 3 ? ['few'] : [],
    })
  }
  expect(await find('marmots', '&tag=few')).toHaveLength(3)
  expect(await find('marmots', `&author=${ada.username}`)).toHaveLength(3)
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const found = await page(`/posts?q=marmots&limit=2&total=true${cursor && `&cursor=${cursor}`}`)
    expect(found).toMatchObject({ total: 7, totalIsExact: true })
    seen.push(...found.items.map(item => item.title))
    cursor = found.nextCursor
  }
  expect(seen).toEqual(await find('marmots', '&limit=100'))
  expect(new Set(seen).size).toBe(7)
})

test('ranks the 200 newest matches, whatever their age', async () => {
  const ada = await createAccount()
  /** Ten at a time: more than the pool serves in 2 s would be refused on a busy machine. */
  async function writeMany(count: number, days: number, title = 'Ocelots'): Promise<void> {
    for (let first = 0; first < count; first += 10) {
      await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          write(ada, {
            title: `${title} ${days} ${first + n}`,
            body: 'One.',
            publishedAt: new Date(Date.now() - days * 86_400_000 - first - n).toISOString(),
          }),
        ),
      )
    }
  }
  /** The number of matches by age in days. */
  const found = async () => {
    const ages: Record<string, number> = {}
    let cursor: string | null = ''
    while (cursor !== null) {
      const { items, nextCursor } = await page(`/posts?q=ocelots&limit=100${cursor && `&cursor=${cursor}`}`)
      for (const { title } of items) {
        const age = /\d+/.exec(title)?.[0] ?? ''
        ages[age] = (ages[age] ?? 0) + 1
      }
      cursor = nextCursor
    }
    return ages
  }
  // The oldest rank best, so that only their age can exclude them.
  await writeMany(50, 3_000, 'Ocelots, ocelots')
  await writeMany(60, 100)
  await writeMany(100, 10)
  expect(await found()).toEqual({ 3000: 40, 100: 60, 10: 100 })
  await writeMany(50, 90)
  expect(await found()).toEqual({ 90: 50, 100: 50, 10: 100 })
  await writeMany(120, 5)
  expect(await found()).toEqual({ 5: 120, 10: 80 })
}, 60_000)

test('splits texts and queries by the same rule', async () => {
  const ada = await createAccount()
  await write(ada, {
    title: 'Node.js and covid-19',
    body: 'snake_case, o\u2019brien and q/a at a@b.example',
    tags: ['über', 'node.js'],
  })
  for (const q of [
    'Node.js',
    'node js',
    'covid-19',
    'covid',
    'snake_case',
    'case',
    'über',
    'uber',
    'q/a',
    'a@b.example',
    "o'brien",
  ])
    expect(await find(q), q).toEqual(['Node.js and covid-19'])
  const { items } = await page('/posts?q=covid&fields=none')
  expect(items[0]?.highlights?.title).toBe('Node.js and <mark>covid</mark>-19')
  expect(items[0]?.highlights?.text).toContain('snake_case')
})
