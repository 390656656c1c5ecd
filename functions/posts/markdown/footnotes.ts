import type { MarkdownIt } from 'markdown-it'
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
  })
  markdownIt.renderer.rules['footnote_anchor_name'] = (tokens, index) =>
    `-${Number(tokens[index]?.meta?.['id'] ?? 0) + 1}`
}
