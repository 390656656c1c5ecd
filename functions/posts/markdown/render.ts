import { hash } from 'node:crypto'
import MarkdownIt from 'markdown-it'
import sanitize from 'sanitize-html'
import { disruptive } from '../../shared/disruptive-characters.ts'
import { sanitizeCommon } from './common-html.ts'
import { excerptOf, plainText, readingMinutesOf } from './excerpt.ts'
import { footnotes } from './footnotes.ts'
import { refusedAddresses } from './refused-addresses.ts'
import {
  alignedCells,
  anchorLinks,
  headingIds,
  idPrefix,
  keyboardAndBreaks,
  linkedAddresses,
  taskLists,
} from './rules.ts'
import { sanitizeOptions } from './sanitize-options.ts'
import { HtmlTooLong, htmlLimit, requireLength } from './size.ts'

export interface Rendered {
  readonly html: string
  readonly excerpt: string
  readonly readingMinutes: number
}

/**
 * Quotes and lists nested deeper than a page can show; a list counts as two levels, and each level adds work for every
 * line in it. Deeper nesting is rejected, because markdown-it would drop it silently.
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
  .use(anchorLinks)
  .use(taskLists)
  .use(linkedAddresses)
  .use(keyboardAndBreaks)
  .use(alignedCells)
  .use(refusedAddresses)
markdownIt.block.ruler.before('table', 'nesting', state => {
  if (state.level >= maxNesting) throw new HtmlTooLong()
  return false
})

/** A body has none of them, but an entity can name one, and the text of an autolink is its decoded address. */
const everyDisruptive = new RegExp(disruptive, 'gu')

/**
 * Renders Markdown to HTML that is safe on any page. Raw HTML is shown as text, and the rendered HTML is sanitized too, so
 * that a mistake in one of the two does no harm. Throws HtmlTooLong.
 */
export function renderMarkdown(markdown: string): Rendered {
  const limit = htmlLimit(markdown)
  // In the anchors of footnotes: a page may show a post and its comments.
  const env = { docId: hash('sha256', markdown, 'hex').slice(0, 8) }
  const tokens = markdownIt.parse(markdown, env)
  requireLength(tokens, limit)
  const made = markdownIt.renderer.render(tokens, markdownIt.options, env)
  if (made.length > limit) throw new HtmlTooLong()
  const html = sanitizeHtml(withOwnAnchors(made))
    .replaceAll(everyDisruptive, character => (character === '\n' || character === '\t' ? character : ''))
    .trim()
  if (html.length > limit) throw new HtmlTooLong()
  const text = plainText(html)
  return { html, excerpt: excerptOf(text), readingMinutes: readingMinutesOf(text) }
}

const sanitizeHtml = (html: string): string => sanitizeCommon(html) ?? sanitize(html, sanitizeOptions)

/** The anchors of the footnote plug-in, with our prefix. */
const withOwnAnchors = (html: string) => html.replaceAll(/(id="|href="#)(fn(?:ref)?-)/g, `$1${idPrefix}$2`)
