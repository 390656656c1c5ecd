import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { AccountIdSchema } from '../../shared/ids.ts'
import { longestGapMs } from '../../shared/testing/longest-gap.ts'
import { renderMarkdown } from './render.ts'
import { createMarkdownRenderer, isCheap } from './render-markdown.ts'
import { HtmlTooLong, htmlLimit } from './size.ts'

const render = createMarkdownRenderer()
const newOwner = () => v.parse(AccountIdSchema, randomUUID())
const maxLength = 100_000
const fill = (unit: string, before = '') =>
  before + unit.repeat(Math.floor((maxLength - before.length) / unit.length))

/** Bodies of maximum length, each made of one construct that is repeated, nested or left open. */
const hostile: Readonly<Record<string, string>> = {
  'one reference with a long address': fill('[a]', `[a]: ${'x'.repeat(1_000)}\n\n`),
  'one reference with a longer address': fill('[a]', `[a]: ${'x'.repeat(10_000)}\n\n`),
  'one image reference': fill('![a]', `[a]: https://example.test/${'x'.repeat(2_000)}\n\n`),
  'one reference with a long title': fill('[a]', `[a]: x "${'t'.repeat(2_000)}"\n\n`),
  'one footnote': fill('[^a]', '[^a]: x\n\n'),
  'inline footnotes': fill('^[a]'),
  'footnotes in footnotes': fill('[^a]', '[^a]: [^a]\n\n'),
  'chained footnotes': `[^0]\n\n${Array.from({ length: 6_000 }, (_, n) => `[^${n}]: [^${n + 1}]`).join('\n')}`,
  'many footnotes': Array.from({ length: 5_000 }, (_, n) => `[^${n}]\n\n[^${n}]: a\n`).join('\n'),
  'labels of footnotes that never close': fill('[^', '[^a]: b\n\n'),
  'long labels of footnotes that never close': fill('[^b', '[^a]: b\n\n'),
  'a table of many columns and empty rows': `${'|a'.repeat(2_000)}|\n${'|-'.repeat(2_000)}|\n${'|\n'.repeat(45_000)}`,
  'a short table of many columns and empty rows': `${'|a'.repeat(100)}|\n${'|-'.repeat(100)}|\n${'|\n'.repeat(1_799)}`,
  'a table of one column': fill('|\n', '|a|\n|-|\n'),
  'open brackets': fill('['),
  'open images': fill('!['),
  'links in links': fill('[a]('),
  'nested brackets': `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  emphasis: fill('*a **a '),
  'emphasis that never closes': fill('*a_'),
  'stars and underscores': fill('*_'),
  'underscored words': fill('a_'),
  tildes: fill('~~a'),
  backticks: Array.from({ length: 440 }, (_, n) => '`'.repeat(n)).join(' '),
  'one run of backticks': fill('`'),
  quotes: fill('> '),
  'nested lists': Array.from({ length: 440 }, (_, n) => `${' '.repeat(n)}- a`).join('\n'),
  'lists in lists': fill('- '),
  'numbered lists': fill('1. '),
  tags: fill('<a'),
  'kbd that never closes': fill('<kbd>'),
  breaks: fill('<br>'),
  entities: fill('&amp;'),
  'quotation marks': fill('"'),
  addresses: fill('a.b@c.de '),
  'addresses that go on': fill('http://a.b/('),
  domains: fill('a.de'),
  'almost links': fill('www.'),
  'colons and slashes': fill('://'),
  headings: fill('# a\n'),
  'headings of one name': fill('#\n'),
  rules: fill('---\n'),
  setext: fill('a\n='),
  'code fences': fill('```\n'),
  definitions: fill('[a]: b\n'),
  'definitions of long names': Array.from(
    { length: 100 },
    (_, n) => `[${String(n).padEnd(900, 'x')}]: b`,
  ).join('\n'),
  'line breaks': fill('\\\n'),
  'task lists': fill('- [ ] a\n'),
  'wide characters': fill('日'),
  'characters of four bytes': fill('😀'),
  'joined emoji': fill('👩‍👩‍👧'),
  'combining marks': fill('e\u0301\u0301\u0301\u0301'),
  autolinks: fill('<http://a>'),
}

describe.each(Object.entries(hostile))('%s', (_, markdown) => {
  test('is rendered or rejected without blocking the event loop', async () => {
    const before = process.memoryUsage().rss
    const gapMs = await longestGapMs(async () => {
      try {
        const { html, excerpt } = await render(markdown, newOwner())
        expect(html.length).toBeLessThanOrEqual(htmlLimit(markdown))
        expect(excerpt.length).toBeLessThanOrEqual(1_000)
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid_member', facts: { path: 'body' } })
      }
    })
    // The aim is 50 ms; a shared machine is allowed more.
    expect(gapMs).toBeLessThan(150)
    expect(process.memoryUsage().rss - before).toBeLessThan(250_000_000)
  })

  test('occupies the worker for a moment', () => {
    const times = [0, 1, 2].map(() => {
      const before = process.threadCpuUsage()
      try {
        renderMarkdown(markdown)
      } catch (error) {
        expect(error).toBeInstanceOf(HtmlTooLong)
      }
      const { user, system } = process.threadCpuUsage(before)
      return (user + system) / 1_000
    })
    expect(Math.min(...times)).toBeLessThan(600)
  })

  test('takes a few ms if it is short enough to be rendered in place', () => {
    let short = markdown.slice(0, 4_000)
    while (!isCheap(short)) short = short.slice(0, -100)
    const startMs = performance.now()
    try {
      renderMarkdown(short)
    } catch (error) {
      expect(error).toBeInstanceOf(HtmlTooLong)
    }
    expect(performance.now() - startMs).toBeLessThan(100)
  })
})

test('queues the long texts of one account and rejects its fourth concurrent one', async () => {
  const owner = newOwner()
  const answers = await Promise.allSettled(Array.from({ length: 6 }, () => render(fill('word '), owner)))
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'throttled' },
  })
  expect(await render(fill('word '), owner)).toMatchObject({ readingMinutes: 91 })
})

const fragments = [
  '*',
  '_',
  '`',
  '[',
  ']',
  '(',
  ')',
  '!',
  '<',
  '>',
  '#',
  '-',
  '|',
  '~',
  '&',
  ';',
  '\\',
  '\n',
  ' ',
  '"',
  ':',
]
const words = [
  'a',
  'é',
  '日本',
  '👩‍👧',
  'http://a.b',
  '<kbd>',
  '<br>',
  '[^1]',
  '[^1]: ',
  '[a]: b',
  '- [x] ',
  '&#xFFFF;',
  'javascript:',
]
const markdowns = fc
  .array(
    fc.oneof(fc.constantFrom(...fragments), fc.constantFrom(...words), fc.string({ unit: 'grapheme' })),
    { maxLength: 60 },
  )
  .map(parts => parts.join(''))

test('renders any text to allowed elements that a second sanitization leaves unchanged', () => {
  fc.assert(
    fc.property(markdowns, markdown => {
      const { html, excerpt, readingMinutes } = renderMarkdown(markdown)
      expect(html.length).toBeLessThanOrEqual(htmlLimit(markdown))
      expect([...excerpt].length).toBeLessThanOrEqual(201)
      expect(readingMinutes).toBeGreaterThanOrEqual(1)
      expect(html.isWellFormed() && excerpt.isWellFormed()).toBe(true)
      expect(html).not.toMatch(
        /<(?:script|style|iframe|object|svg|math|form)|<[^>]*\son\w+=|="\s*javascript:/i,
      )
      expect(renderMarkdown(markdown)).toEqual({ html, excerpt, readingMinutes })
    }),
    { numRuns: 500 },
  )
})
