const wordsPerMinute = 220
const excerptLength = 200

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

/**
 * The text of sanitized HTML, in which no `<` or `>` is part of a text or an attribute. Leaves out code blocks, which make a
 * poor excerpt, and of footnotes everything but their text.
 */
export function plainText(html: string): string {
  const prose = html
    .replaceAll(/<pre>[\s\S]*?<\/pre>/g, ' ')
    .replaceAll(/<sup class="footnote-ref">.*?<\/sup>|<a [^>]*class="footnote-backref"[^>]*>.*?<\/a>/g, '')
  const spaced = prose.replaceAll(
    /<(?:\/(?:p|h\d|li|td|th|blockquote)|br \/|hr[^>]*)>/g,
    match => `${match} `,
  )
  return spaced
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(?:amp|lt|gt|quot|#39);/g, entity => entities[entity] ?? entity)
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** Cuts between words if there is a space in the second half, otherwise between graphemes. */
export function excerptOf(text: string): string {
  const characters = [...text.slice(0, 4 * excerptLength)]
  if (characters.length <= excerptLength) return text
  const cut = characters.slice(0, excerptLength).join('')
  const lastSpace = cut.lastIndexOf(' ')
  if (lastSpace > excerptLength / 2) return `${cut.slice(0, lastSpace)}…`
  const graphemes = [...new Intl.Segmenter('und').segment(cut)].slice(0, -1)
  return `${graphemes.map(({ segment }) => segment).join('')}…`
}

/** Scripts without spaces are counted by character, about twice as many per minute as words. */
export function readingMinutesOf(text: string): number {
  const spaceless =
    text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu)?.length ?? 0
  const words = text.split(' ').length + spaceless / 2
  return Math.max(1, Math.round(words / wordsPerMinute))
}
