import type { MarkdownIt, Token } from 'markdown-it'

const linkable = /^(?:https?:|mailto:|(?!\/\/)(?![a-z][a-z\d+.-]*:).)/i
const showable = /^https:\/\//i

const attribute = (token: Token, name: string) => String(token.attrGet(name) ?? '')

/**
 * Puts the text of a link or an image in place of one whose address is refused. markdown-it would leave some of them as
 * Markdown, and sanitization would leave elements without an address.
 */
export function refusedAddresses(markdownIt: MarkdownIt): void {
  // Refused below.
  markdownIt.validateLink = () => true
  markdownIt.core.ruler.push('refused_links', state => {
    for (const token of state.tokens)
      if (token.children?.some(({ type }) => type === 'link_open'))
        token.children = withoutRefusedLinks(token.children)
  })
  const image = markdownIt.renderer.rules['image']
  markdownIt.renderer.rules['image'] = (tokens, index, options, env, self) => {
    const token = tokens[index]
    if (token === undefined || image === undefined) return ''
    if (showable.test(attribute(token, 'src'))) return image(tokens, index, options, env, self)
    return markdownIt.utils.escapeHtml(self.renderInlineAsText(token.children ?? [], options, env))
  }
}

/** Links do not nest, so the next end is that of the last beginning. */
function withoutRefusedLinks(tokens: readonly Token[]): Token[] {
  let isRefused = false
  return tokens.filter(token => {
    if (token.type === 'link_open') isRefused = !linkable.test(attribute(token, 'href'))
    return !isRefused || (token.type !== 'link_open' && token.type !== 'link_close')
  })
}
