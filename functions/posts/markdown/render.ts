import MarkdownIt from 'markdown-it'
import footnotes from 'markdown-it-footnote'
import sanitize from 'sanitize-html'
import { excerptOf, plainText, readingMinutesOf } from './excerpt.ts'
import { alignedCells, headingIds, idPrefix, imagesOverHttps, keyboardAndBreaks, taskLists } from './rules.ts'
import { sanitizeOptions } from './sanitize-options.ts'
import { HtmlTooLong, htmlLimit, requireLength } from './size.ts'

export interface Rendered {
  readonly html: string
  readonly excerpt: string
  readonly readingMinutes: number
}

/**
 * Deeper quotes and lists than a page can show, where a list is two levels; each level more is work for every line inside
 * it. Refused, since markdown-it drops what is deeper without a word.
 */
const maxNesting = 40

const markdownIt = new MarkdownIt({
  html: false,
  linkify: true,
  typographer: false,
  maxNesting: maxNesting + 1,
})
  .use(footnotes)
  .use(headingIds)
  .use(taskLists)
  .use(keyboardAndBreaks)
  .use(alignedCells)
  .use(imagesOverHttps)
// `^[text]` is parsed once for each bracket that it is inside of: 100,000 characters take minutes.
markdownIt.inline.ruler.disable('footnote_inline')
markdownIt.block.ruler.before('table', 'nesting', state => {
  if (state.level >= maxNesting) throw new HtmlTooLong()
  return false
})
markdownIt.renderer.rules['footnote_anchor_name'] = (tokens, index) =>
  `-${Number(tokens[index]?.meta?.['id'] ?? 0) + 1}`

/** Outside XML 1.0, which feeds are written in: an entity may name what the text itself may not hold. */
const notInXml = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu

/**
 * Markdown to HTML that is safe on anyone's page. Raw HTML in it is shown as text, and what the renderer made is
 * sanitised again: one mistake in either does no harm. Throws HtmlTooLong.
 */
export function renderMarkdown(markdown: string): Rendered {
  const limit = htmlLimit(markdown)
  const env = {}
  const tokens = markdownIt.parse(markdown, env)
  requireLength(tokens, limit)
  const made = markdownIt.renderer.render(tokens, markdownIt.options, env)
  if (made.length > limit) throw new HtmlTooLong()
  const html = sanitize(withOwnAnchors(made), sanitizeOptions)
    .replaceAll(notInXml, character => (character === '\n' || character === '\t' ? character : ''))
    .trim()
  if (html.length > limit) throw new HtmlTooLong()
  const text = plainText(html, sanitize)
  return { html, excerpt: excerptOf(text), readingMinutes: readingMinutesOf(text) }
}

/** The plug-in's own anchors, under our prefix. */
const withOwnAnchors = (html: string) => html.replaceAll(/(id="|href="#)(fn(?:ref)?-)/g, `$1${idPrefix}$2`)
