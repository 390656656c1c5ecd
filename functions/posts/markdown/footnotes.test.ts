import { expect, test } from 'vitest'
import { renderMarkdown } from './render.ts'

const htmlOf = (markdown: string) => withoutDocument(renderMarkdown(markdown).html)
const withoutDocument = (html: string) => html.replaceAll(/(fn(?:ref)?-)[\da-f]{8}-/g, '$1')
const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()

test('a definition within another keeps both texts', () => {
  const html = htmlOf('a[^a] b[^b]\n\n[^a]: one\n\n    [^b]: two\n\n    three\n\nend')
  expect(textOf(html)).toBe('a[1] b[2] end one three ↩︎ two ↩︎')
})

const reference =
  '<sup class="footnote-ref"><a href="#user-content-fn-1" id="user-content-fnref-1">[1]</a></sup>'
const address = 'https://example.test/a.png'

test.each([
  ['an image', `![a[^n]](${address})`, `<img src="${address}" alt="a" loading="lazy" />`],
  [
    'an image in a link',
    `[![a[^n]](${address})](${address})`,
    `<a href="${address}" rel="nofollow ugc noopener"><img src="${address}" alt="a" loading="lazy" /></a>`,
  ],
  ['a refused image', '![a[^n]](http://example.test/)', 'a'],
])('a reference in %s follows it', (_, markdown, before) => {
  expect(htmlOf(`${markdown} c\n\n[^n]: d`)).toContain(`<p>${before}${reference} c</p>`)
})

test('footnotes of two texts on one page have different ids', () => {
  const idsOf = (markdown: string) =>
    [...renderMarkdown(markdown).html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  const ids = [...idsOf('a[^1]\n\n[^1]: post'), ...idsOf('a[^1]\n\n[^1]: comment')]
  expect(new Set(ids).size).toBe(4)
})

test('every link to an id of the post finds it, and every id is unique', () => {
  const markdown =
    '# a[^a]\n\n![b[^b]](x) [c[^c]](y) [^a] | d[^d]\n\n[^a]: e[^b]\n[^b]: f[^a]\n[^c]: g\n[^d]: h'
  const html = htmlOf(markdown)
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const [, id] of html.matchAll(/ href="#([^"]+)"/g)) expect(ids).toContain(id)
})
