import type { Token } from 'markdown-it'

/** More HTML than a text of this length may become. */
export class HtmlTooLong extends Error {
  override readonly name = 'HtmlTooLong'
}

/** One post; a page of a hundred is bounded on its own. */
export const maxHtmlLength = 500_000
/** The tersest Markdown that people write, a list of links of one letter, becomes eight times as long. */
const maxExpansion = 10

export const htmlLimit = (markdown: string): number =>
  Math.min(maxExpansion * markdown.length + 2_000, maxHtmlLength)

/**
 * Throws where the HTML would be longer than `limit`, before any of it is made: a reference is written in four characters
 * and rendered with its whole address, thousands of times. What a token's tags take is counted as 12 characters.
 */
export function requireLength(tokens: readonly Token[], limit: number): void {
  let length = 0
  const visit = (visited: readonly Token[]): void => {
    for (const { content, attrs, children, type } of visited) {
      length += 12
      if (type !== 'inline') length += content.length
      for (const [name, value] of attrs ?? []) length += name.length + String(value).length
      if (length > limit) throw new HtmlTooLong()
      if (children !== null) visit(children)
    }
  }
  visit(tokens)
}
