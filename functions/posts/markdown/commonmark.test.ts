import { tests } from 'commonmark-spec'
import { expect, test } from 'vitest'
import { renderMarkdown } from './render.ts'

/** Examples of CommonMark 0.31 that are rendered differently on purpose. */
const differing: readonly (readonly [reason: string, ...numbers: readonly number[]])[] = [
  ['raw HTML is shown as text', 21, 31, 201, 308, 309, 344, 475, 476, 477, 491, 494, 524, 536],
  ['a block of raw HTML too', ...range(148, 191)],
  ['an element in a line too', ...range(613, 617), 623, ...range(625, 631), 642, 643],
  ['a link without an address is its text', 200, 485, 486, 487, 567],
  ['an address with an unknown scheme is no link', 596, 598, 599, 601],
  ['a bare address is a link, as in GitHub Flavored Markdown', 602, 608, 611, 612],
  ['an anchor has the prefix of ids', 501],
  ['a language of code has letters of ASCII', 34, 144],
]

test('renders the examples of CommonMark as it says, apart from those above', () => {
  const found = tests.filter(
    ({ markdown, html }) => rendered(withTabs(markdown)) !== expected(withTabs(html)),
  )
  expect(found.map(({ number }) => number)).toEqual(
    differing.flatMap(([, ...numbers]) => numbers).toSorted((a, b) => a - b),
  )
})

/** Without the attributes that posts add. */
const rendered = (markdown: string) =>
  renderMarkdown(markdown)
    .html.replaceAll(/ (?:id|rel|loading)="[^"]*"/g, '')
    .replaceAll('&quot;', '"')

/** An image over another scheme than HTTPS is replaced by its text. */
const expected = (html: string) =>
  html
    .replaceAll(/<img src="(?!https:)[^"]*" alt="([^"]*)"[^>]*>/g, '$1')
    .replaceAll('<blockquote>\n</blockquote>', '<blockquote></blockquote>')
    .replaceAll('&quot;', '"')
    .trim()

const withTabs = (text: string) => text.replaceAll('→', '\t')

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, n) => first + n)
}
