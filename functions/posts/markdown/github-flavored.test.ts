import { expect, test } from 'vitest'
import { renderMarkdown } from './render.ts'

const htmlOf = (markdown: string) =>
  renderMarkdown(markdown).html.replaceAll(' rel="nofollow ugc noopener"', '')

/** The cells of each row, and what is outside of tables. */
const tableOf = (markdown: string) =>
  htmlOf(markdown)
    .replaceAll(/<\/?(?:table|thead|tbody)>|\n/g, '')
    .replaceAll(/<tr>(.*?)<\/tr>/g, (_, cells: string) => `${cells.replaceAll(/<\/t[hd]><t[hd]>/g, '|')};`)
    .replaceAll(/<\/?t[hd]>/g, '')

test.each([
  ['a | b\n-- | --\n1 | 2', 'a|b;1|2;'],
  ['| a | b |\n| --- | --- |', 'a|b;'],
  ['| a | b |\n| - | - |\n| 1 |\n| 1 | 2 | 3 |', 'a|b;1|;1|2;'],
  ['| a | b |\n| - | - |\n1\n\n2', 'a|b;1|;<p>2</p>'],
  ['| a | b |\n| - | - |\n> 1', 'a|b;<blockquote><p>1</p></blockquote>'],
  ['| a\\|b |\n| - |\n| `1\\|2` **\\|** |', 'a|b;<code>1|2</code> <strong>|</strong>;'],
  ['| a | b |\n| - |\n| 1 |', '<p>| a | b || - || 1 |</p>'],
])('makes a table of %j (GitHub Flavored Markdown, 4.10)', (markdown, table) => {
  expect(tableOf(markdown)).toBe(table)
})

test.each([
  ['~~a *b*~~ c', '<s>a <em>b</em></s> c'],
  ['a ~~b', 'a ~~b'],
  ['a ~~b\n\nc~~', 'a ~~b</p>\n<p>c~~'],
  // GitHub strikes through what has one tilde on each side too; here H~2~O keeps them.
  ['~a~ ~~b~~', '~a~ <s>b</s>'],
])('strikes through in %j (6.5)', (markdown, html) => {
  expect(htmlOf(markdown)).toBe(`<p>${html}</p>`)
})

const link = (text: string, scheme = '') => `<a href="${scheme}${text}">${text}</a>`
test.each([
  ['www.a.test/b.', `${link('www.a.test/b', 'http://')}.`],
  [
    'www.a.test/?b=(c)) (www.a.test/?b=(c))',
    `${link('www.a.test/?b=(c)', 'http://')}) (${link('www.a.test/?b=(c)', 'http://')})`,
  ],
  ['www.a.test/b<c', `${link('www.a.test/b', 'http://')}&lt;c`],
  ['(https://a.test/?b=c+(d))', `(${link('https://a.test/?b=c+(d)')})`],
  ['a.b-c_d@e.test.', `${link('a.b-c_d@e.test', 'mailto:')}.`],
  ['mailto:a@b.test', link('mailto:a@b.test')],
  ['a.b-c_d@e.test-', 'a.b-c_d@e.test-'],
])('links the addresses in %j (6.9)', (markdown, html) => {
  expect(htmlOf(markdown)).toBe(`<p>${html}</p>`)
})

test('nests task lists (5.3)', () => {
  const box = (checked = '') => `<input type="checkbox" disabled="disabled"${checked} />`
  expect(htmlOf('- [X] a\n  1. [ ] b').replaceAll('\n', '')).toBe(
    `<ul><li>${box(' checked="checked"')} a<ol><li>${box()} b</li></ol></li></ul>`,
  )
})
