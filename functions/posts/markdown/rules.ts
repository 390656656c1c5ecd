import type { MarkdownIt, Token } from 'markdown-it'

/** Prefix of every id, so that no id of a post clashes with one of the page that shows it. */
export const idPrefix = 'user-content-'

/** Ids of headings, made from their text as GitHub does; a repeated one ends in -1. */
export function headingIds(markdownIt: MarkdownIt): void {
  markdownIt.core.ruler.push('heading_ids', state => {
    const taken = new Set<string>()
    const counts = new Map<string, number>()
    for (const [index, token] of state.tokens.entries()) {
      if (token.type !== 'heading_open') continue
      const name = anchorOf(textOf(state.tokens[index + 1]))
      let count = counts.get(name) ?? 0
      let id = count === 0 ? name : `${name}-${count}`
      // `# a` twice gives a and a-1, which `# a 1` may already use.
      for (; taken.has(id); id = `${name}-${count}`) count += 1
      counts.set(name, count + 1)
      taken.add(id)
      token.attrSet('id', `${idPrefix}${id}`)
    }
  })
}

/** Leads links to a heading of the same post, as `[below](#the-end)`, to its id, and leaves those that name an id. */
export function anchorLinks(markdownIt: MarkdownIt): void {
  markdownIt.core.ruler.push('anchor_links', state => {
    for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? String(token.attrGet('href') ?? '') : ''
      const name = href.startsWith('#') ? decoded(href.slice(1)) : ''
      if (name !== '' && !name.startsWith(idPrefix))
        token.attrSet('href', `#${idPrefix}${encodeURI(anchorOf(name))}`)
    }
  })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const maxAnchorLength = 60

/** Prefix of the anchors of footnotes. */
const footnoteAnchor = /^(?=fn(?:ref)?-)/

const anchorOf = (text: string): string =>
  text
    .slice(0, 4 * maxAnchorLength)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\s_-]+/gu, '')
    .replaceAll(/[\s_-]+/g, '-')
    .slice(0, maxAnchorLength)
    // A character of two units may be cut.
    .replaceAll(/^-+|[\p{Cs}-]+$/gu, '')
    .replace(footnoteAnchor, 'section-') || 'section'

const textOf = (inline: Token | undefined): string =>
  (inline?.children ?? [])
    .map(({ type, content }) => {
      if (type === 'softbreak' || type === 'hardbreak') return ' '
      return type === 'text' || type === 'code_inline' ? content : ''
    })
    .join('')

/** `[ ]` and `[x]` at the start of a list item (GitHub Flavored Markdown, 5.3). */
export function taskLists(markdownIt: MarkdownIt): void {
  markdownIt.core.ruler.push('task_lists', state => {
    for (const [index, token] of state.tokens.entries()) {
      const isFirstOfItem =
        token.type === 'inline' &&
        state.tokens[index - 1]?.type === 'paragraph_open' &&
        state.tokens[index - 2]?.type === 'list_item_open'
      const [first] = isFirstOfItem ? (token.children ?? []) : []
      // Not `\[x] `, whose text is the same.
      const box = first?.type === 'text' ? /^\[([ xX])\][ \t]/.exec(token.content) : null
      if (first === undefined || box === null) continue
      first.content = first.content.slice(box[0].length)
      const checkbox = new state.Token('html_inline', '', 0)
      checkbox.content = `<input type="checkbox" disabled${box[1] === ' ' ? '' : ' checked'}> `
      token.children?.unshift(checkbox)
    }
  })
}

/** Delimiters at the end of an address. */
const delimiters = /(?<![*_~])[*_~]+$/

/**
 * Links `www.example.com`, and the address alone in `_https://example.com/a_` (GitHub Flavored Markdown, 6.9). A name without
 * `www.` may be one of a file: `index.md`.
 */
export function linkedAddresses({ linkify }: MarkdownIt): void {
  const matchAtStart = linkify.matchAtStart.bind(linkify)
  linkify.matchAtStart = text => {
    const match = matchAtStart(text)
    if (match !== null) match.url = match.url.replace(delimiters, '')
    return match
  }
  linkify.add('www.', {
    validate(text, position, { re }) {
      const rest = re.get_relative_proto_validator()
      rest.lastIndex = position
      return rest.exec(text)?.[0].length ?? 0
    },
    normalize(match) {
      match.url = `http://${match.url}`
    },
  })
}

const allowedHtml = /<(?:kbd|\/kbd|br ?\/?)>/iy

/** The two elements without a Markdown syntax. All other tags remain text. */
export function keyboardAndBreaks(markdownIt: MarkdownIt): void {
  markdownIt.inline.ruler.before('autolink', 'keyboard_and_breaks', (state, silent) => {
    allowedHtml.lastIndex = state.pos
    const [tag] = allowedHtml.exec(state.src) ?? []
    if (tag === undefined) return false
    if (!silent) state.push('html_inline', '', 0).content = tag.toLowerCase()
    state.pos += tag.length
    return true
  })
}

/** Aligns table cells by an attribute, because styles are not allowed in a post. */
export function alignedCells(markdownIt: MarkdownIt): void {
  markdownIt.core.ruler.push('aligned_cells', state => {
    for (const token of state.tokens) {
      if (token.type !== 'th_open' && token.type !== 'td_open') continue
      const align = /^text-align:(left|center|right)$/.exec(String(token.attrGet('style') ?? ''))?.[1]
      token.attrs = align === undefined ? null : [['align', align]]
    }
  })
}
