import type { Token } from 'markdown-it'

/** The HTML would be longer than a text of this length may become. */
export class HtmlTooLong extends Error {
  override readonly name = 'HtmlTooLong'
}

/** Of one post; a page has its own limit. */
export const maxHtmlLength = 500_000
/** The tersest realistic Markdown, a list of one-letter links, becomes eight times as long. */
const maxExpansion = 10

export const htmlLimit = (markdown: string): number =>
  Math.min(maxExpansion * markdown.length + 2_000, maxHtmlLength)

/** The least that a reference to a footnote becomes, with the link back to it. */
const footnoteLength = 192

/**
 * Throws if the HTML would be longer than `limit`, before any of it is rendered: a reference takes four characters and is
 * rendered with its whole address, thousands of times. The tags of a token count as 12 characters.
 */
export function requireLength(tokens: readonly Token[], limit: number): void {
  let length = 0
  const visit = (visited: readonly Token[]): void => {
    for (const { content, attrs, children, type } of visited) {
      length += type === 'footnote_ref' ? footnoteLength : 12
      if (type !== 'inline') length += content.length
      for (const [name, value] of attrs ?? []) length += name.length + String(value).length
      if (length > limit) throw new HtmlTooLong()
      if (children !== null) visit(children)
    }
  }
  visit(tokens)
}
