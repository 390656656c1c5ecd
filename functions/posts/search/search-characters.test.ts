import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { wordsOf } from './words.ts'

const { createAccount, owner, ask, write, page, find } = await createTestApp()

test('finds words with invisible characters in them, with and without those', async () => {
  const ada = await createAccount()
  const texts = ['Co\u00adoperate', 'می\u200cخواهم', 'क्\u200dष', 'Foo\u200bbar', 'Joi\u2060ned', 'CO₂ in air']
  for (const title of texts) await write(ada, { title, body: `Of ${title}\u200b today` })
  for (const [n, title] of texts.entries()) {
    expect(await find(title), title).toEqual([title])
    if (n !== 3)
      expect(await find(title.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')), title).toEqual([title])
  }
  expect(await find('foo bar')).toEqual([texts[3]])
  expect(await find('co2')).toEqual([texts[5]])
})

test('Postgres and the queries remove the same characters from words', async () => {
  const ignorable = Array.from({ length: 0x110000 }, (_, code) => code)
    .filter(code => code < 0xd800 || code > 0xdfff)
    .map(code => String.fromCodePoint(code))
    .filter(character => /\p{Default_Ignorable_Code_Point}/u.test(character))
  const text = `a${ignorable.filter(character => character !== '\u200b').join('')}c\u200bd₁₂`
  const statement = { name: '', text: 'select posts.plain_words($1::text) as words' }
  const rows = await owner.query<{ words: string }>(statement, [text])
  // Khmer vowels among them make it pair characters, which repeats the text.
  expect(new Set(rows[0]?.words.split(' '))).toEqual(new Set(wordsOf(text)))
})

test('finds a symbol, and every symbol of several', async () => {
  const ada = await createAccount()
  const texts = [
    'Party🎉!',
    'She \u{1f469}\u200d\u{1f4bb} codes',
    'Good \u{1f44d}\u{1f3fd} ☕',
    'Love \u2764\ufe0f',
    'x → y ∞',
    '東京🗼',
  ]
  for (const title of texts) await write(ada, { title, body: 'Signs.' })
  await write(ada, { title: 'In the text', body: 'Of \u{1f1e9}\u{1f1ea}' })
  for (const [n, queries] of [
    ['🎉', 'party🎉', '"party 🎉"', '-☕ 🎉', 'party'],
    ['\u{1f469}\u200d\u{1f4bb}', '\u{1f469}', '\u{1f4bb}'],
    ['\u{1f44d}\u{1f3fd}', '\u{1f44d}', '☕', '☕\ufe0f good'],
    ['\u2764', '\u2764\ufe0f'],
    ['→', '∞', 'x→y'],
    ['🗼', '東京🗼', '京🗼'],
  ].entries())
    for (const q of queries) expect(await find(q), q).toEqual([texts[n]])
  expect(await find('\u{1f1e9}\u{1f1ea}')).toEqual(['In the text'])
  for (const q of ['🎊', 'party ☕', '🎉 -party']) expect(await find(q), q).toEqual([])
})

test('finds words with and without the marks of vowels', async () => {
  const ada = await createAccount()
  const texts = ['شكرًا جزيلاً', 'مَرْحَبًا', 'ســـلام', 'שָׁלוֹם']
  for (const title of texts) await write(ada, { title, body: `${title} x` })
  for (const [n, queries] of [['شكرا', 'شكرًا'], ['مرحبا', 'مَرْحَبًا'], ['سلام'], ['שלום', 'שָׁלוֹם']].entries())
    for (const q of queries) expect(await find(q), q).toEqual([texts[n]])
})

test('finds Arabic and Persian words by any form of their letters, and marks them as they were written', async () => {
  const ada = await createAccount()
  const texts = ['أحمد وآمنة', 'مسؤول', 'قائد', 'مَدْرَسَة', 'كتابی می\u200cخوانم']
  for (const title of texts) await write(ada, { title, body: `On: «${title}», x.` })
  for (const [n, queries] of [
    ['احمد', 'أحمد', 'إحمد', 'امنه', '"احمد وامنة"', 'أحم'],
    ['مسوول', 'مسؤول'],
    ['قايد', 'قائد'],
    ['مدرسه', 'مدرسة', 'مدرسةِ'],
    ['كتابي', 'کتابی', 'می\u200cخوانم', 'ميخوانم', 'كتابى'],
  ].entries())
    for (const q of queries) {
      const { items } = await page(`/posts?q=${encodeURIComponent(q)}&fields=none`)
      const shown = items.flatMap(({ highlights }) => [highlights?.title, highlights?.text])
      expect(shown, q).toEqual([expect.stringMatching('<mark>'), expect.stringMatching('<mark>')])
      expect(
        shown.map(text => text?.replaceAll(/<.?mark>/g, '')),
        q,
      ).toEqual([texts[n], `On: «${texts[n]}», x.`])
    }
})

test('highlights show every character as it was written, in any part of a text', async () => {
  const characters = Array.from({ length: 0x3000 - 0x20 }, (_, n) => String.fromCodePoint(n + 0x20))
  const statement = {
    name: '',
    text: 'select posts.with_signs(posts.without_signs(one)) as shown from unnest($1::text[]) one',
  }
  const rows = await owner.query<{ shown: string }>(statement, [characters])
  expect(rows.map(({ shown }) => shown)).toEqual(characters)

  const ada = await createAccount()
  const body = `سلام ${'lorem '.repeat(50)}Auf\u200clagen und H\u0348ilfe`
  await write(ada, { title: 'Two scripts', body })
  const { items } = await page(`/posts?q=auflagen&fields=none`)
  expect(items.map(({ highlights }) => highlights?.text)).toEqual([
    expect.stringMatching(/ <mark>Auf\u200clagen<\/mark> und H\u0348ilfe$/),
  ])
})

test('finds Greek words in capitals and in small letters, whose last letter differs', async () => {
  const ada = await createAccount()
  const texts = ['ΝΕΟΣ ΚΟΣΜΟΣ', 'Νέος κόσμος']
  for (const title of texts) await write(ada, { title, body: 'Greek.' })
  for (const q of ['νεος κοσμος', 'νέος κόσμος', 'ΝΕΟΣ ΚΟΣΜΟΣ', '"νέος κόσμος"', 'κόσμος', 'κόσμος -ΔΡΟΜΟΣ'])
    expect((await find(q)).toSorted(), q).toEqual(texts.toSorted())
  expect(await find('νέος -κόσμος')).toEqual([])
})

test('finds what follows the first 30,000 characters of a text with ideographs', async () => {
  const ada = await createAccount()
  const body = `漢字 ${'lorem '.repeat(5_500)} zanzibar 東京 🗼`
  await write(ada, { title: 'A long one', body })
  for (const q of ['zanzibar', '漢字', 'zanzibar 漢字']) expect(await find(q), q).toEqual(['A long one'])
})

test('Postgres and the queries take the same characters for symbols, marks to remove and forms of one letter', async () => {
  const characters = Array.from({ length: 0x20000 }, (_, code) => code)
    .filter(code => code < 0xd800 || code > 0xdfff)
    .map(code => String.fromCodePoint(code))
    .filter(character =>
      /[\p{M}\u2190-\u2bff\u{1f000}-\u{1faff}]|(?=\p{L})\p{Script=Arabic}|\u0640/u.test(character),
    )
    .filter(character => wordsOf(character).join() !== character)
  const statement = {
    name: '',
    text: 'select posts.plain_words($1::text || one) as words from unnest($2::text[]) one',
  }
  const rows = await owner.query<{ words: string }>(statement, ['a', characters])
  for (const [n, { words }] of rows.entries())
    expect(new Set(words.trim().split(/ +/)), characters[n]).toEqual(new Set(wordsOf(`a${characters[n]}`)))
})

test('a search has up to 200 characters, however many code units each is', async () => {
  const q = (count: number) => encodeURIComponent('🦭'.repeat(count))
  expect((await ask('GET', `/posts?q=${q(200)}&author=${q(64)}`)).status).toBe(200)
  for (const query of [`q=${q(201)}`, `author=${q(65)}`])
    expect((await ask('GET', `/posts?${query}`)).status).toBe(400)
})
