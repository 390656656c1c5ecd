import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { toMarkedExcerpt, toMarkedHtml } from './highlights.ts'

const { createAccount, write, page } = await createTestApp()

const highlightsOf = async (q: string) => {
  const { items } = await page(`/posts?q=${encodeURIComponent(q)}&fields=none`)
  return items.map(({ highlights }) => highlights)
}

test('marks the words of a search that each language stems differently', async () => {
  const ada = await createAccount()
  for (const body of ['a b c d e f g h', '1 2 3 4 5 6 7 8'])
    await write(ada, { title: `Letters ${body}`, body: `${body} `.repeat(200) })
  const [letters] = await highlightsOf('a b c d e f g h')
  expect(letters?.text).toContain('<mark>b</mark> <mark>c</mark>')
  const [digits] = await highlightsOf('1 2 3 4 5 6 7 8')
  expect(digits?.title).toBe(`Letters ${[...'12345678'].map(digit => `<mark>${digit}</mark>`).join(' ')}`)
  expect(await highlightsOf('"a b c d" e f "g h" -nothing')).toHaveLength(1)
})

test('shows the words around two matches next to each other, or else around the first', async () => {
  const ada = await createAccount()
  const far = 'word '.repeat(300)
  await write(ada, { title: 'Whales', body: `A blue boat. ${far}They saw a blue whale there. ${far}` })
  const [pair] = await highlightsOf('blue whale')
  expect(pair?.text).toMatch(/^word .*They saw a <mark>blue<\/mark> <mark>whale<\/mark> there\. word/)
  const [one] = await highlightsOf('boat')
  expect(one?.text).toMatch(/^A blue <mark>boat<\/mark>\. word/)
  const [begun] = await highlightsOf('wha')
  expect(begun?.text).toContain('<mark>whale</mark>')
})

test.each(['amp', 'am', 'lt', 'gt', 'quot'])('finds %s in no entity', async q => {
  await write(await createAccount(), { title: 'Signs', body: `Salt & <pepper> "${q}" & vinegar` })
  const [found] = await highlightsOf(q)
  expect(found?.text).toBe(`Salt &amp; &lt;pepper&gt; &quot;<mark>${q}</mark>&quot; &amp; vinegar`)
})

test('closes each mark that a cut leaves open, and no other', () => {
  expect(toMarkedExcerpt('cut\u0003 a \u0002b\u0003 \u0002c')).toBe('cut a <mark>b</mark> c')
  expect(toMarkedHtml('\u0002<a>\u0003')).toBe('<mark>&lt;a&gt;</mark>')
  expect(toMarkedExcerpt('')).toBe('')
})
