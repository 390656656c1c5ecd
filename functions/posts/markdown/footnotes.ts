import type { MarkdownIt, Token } from 'markdown-it'
import footnotePlugin from 'markdown-it-footnote'
import { htmlLimit, requireLength } from './size.ts'

/** The plug-in looks for the end of a label up to the end of the text, at each `[^`: 13 s for 100,000 characters. */
const label = /\[\^[^\s\]]{1,100}\]/y

/** Footnotes, in a time that does not grow with the square of the text. */
export function footnotes(markdownIt: MarkdownIt): void {
  markdownIt.use(footnotePlugin)
  // `^[text]` is parsed once for each enclosing bracket: 100,000 characters take minutes.
  markdownIt.inline.ruler.disable('footnote_inline')
  markdownIt.inline.ruler.before('footnote_ref', 'footnote_label', (state, silent) => {
    if (!state.src.startsWith('[^', state.pos)) return false
    label.lastIndex = state.pos
    if (label.test(state.src)) return false
    if (!silent) state.pending += '[^'
    state.pos += 2
    return true
  })
  // The next rule copies all tokens once for each footnote.
  markdownIt.core.ruler.before('footnote_tail', 'footnote_length', state => {
    requireLength(state.tokens, htmlLimit(state.src))
    state.tokens = definitionsApart(state.tokens)
    for (const token of state.tokens) {
      if (token.children !== null) token.children = referencesApart(token.children)
    }
  })
}

/** Moves a definition out of the one that it stands in, whose text the plug-in would lose. */
function definitionsApart(tokens: readonly Token[]): Token[] {
  const apart: Token[] = []
  const open: Token[][] = []
  const closed: Token[] = []
  for (const token of tokens) {
    if (token.type === 'footnote_reference_open') open.push([])
    const definition = open.at(-1) ?? apart
    definition.push(token)
    if (token.type !== 'footnote_reference_close') continue
    open.pop()
    for (const each of definition) closed.push(each)
    if (open.length === 0) for (const each of closed.splice(0)) apart.push(each)
  }
  return apart
}

/** Moves a reference behind the link or image that it stands in: HTML allows no link there. */
function referencesApart(tokens: readonly Token[]): Token[] {
  const apart: Token[] = []
  let isInLink = false
  let held: Token[] = []
  for (const token of tokens) {
    if (token.type === 'link_open') isInLink = true
    if (token.type === 'link_close') isInLink = false
    if (token.type === 'footnote_ref' && isInLink) held.push(token)
    else apart.push(token)
    if (token.type === 'image') held.push(...referencesIn(token))
    if (isInLink || held.length === 0) continue
    apart.push(...held)
    held = []
  }
  return apart
}

const referencesIn = ({ children }: Token): readonly Token[] =>
  (children ?? []).flatMap(child => (child.type === 'footnote_ref' ? [child] : referencesIn(child)))
