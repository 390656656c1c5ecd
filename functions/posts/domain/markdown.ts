import type sanitizeHtml from 'sanitize-html'

export interface Rendered {
  readonly html: string
  readonly excerpt: string
  readonly readingMinutes: number
}

export type Render = (markdown: string) => Promise<Rendered>

const wordsPerMinute = 220
const excerptLength = 200

/** What may stand in a post. Links are marked as a stranger's; images come over HTTPS; nothing runs, nothing is styled. */
const sanitizeOptions: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'br', 'hr', 'blockquote', 'pre', 'code', 'ul', 'ol', 'li'],
    ...['em', 'strong', 's', 'del', 'ins', 'sub', 'sup', 'kbd', 'mark', 'abbr', 'a', 'img'],
    ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: {
    a: ['href', 'title', 'rel'],
    img: ['src', 'alt', 'title', 'loading'],
    code: ['class'],
    abbr: ['title'],
    ol: ['start'],
    th: ['align'],
    td: ['align'],
  },
  allowedClasses: { code: [/^language-[\w+#-]{1,30}$/] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: ['https'] },
  allowedSchemesAppliedToAttributes: ['href', 'src'],
  allowProtocolRelative: false,
  parseStyleAttributes: false,
  transformTags: {
    a: (tagName, attributes) => ({ tagName, attribs: { ...attributes, rel: 'nofollow ugc noopener' } }),
    img: (tagName, attributes) => ({ tagName, attribs: { ...attributes, loading: 'lazy' } }),
  },
}

/**
 * Markdown to HTML that is safe on anyone's page. Raw HTML in it is shown as text, and what the renderer made is
 * sanitised all the same: one mistake in either does no harm. Both libraries are loaded with the first write.
 */
export function createRender(): Render {
  let loaded: ReturnType<typeof load> | undefined

  return async markdown => {
    loaded ??= load()
    const { renderer, sanitize } = await loaded
    const html = sanitize(renderer.render(markdown), sanitizeOptions).trim()
    const text = plainText(html, sanitize)
    return { html, excerpt: excerptOf(text), readingMinutes: readingMinutesOf(text) }
  }
}

interface Libraries {
  readonly renderer: { render(markdown: string): string }
  readonly sanitize: typeof sanitizeHtml
}

async function load(): Promise<Libraries> {
  const [{ default: Renderer }, { default: sanitize }] = await Promise.all([
    import('markdown-it'),
    import('sanitize-html'),
  ])
  return { renderer: new Renderer({ html: false, linkify: true, typographer: false }), sanitize }
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

/** Code blocks are read in a glance and make a poor excerpt. */
function plainText(html: string, sanitize: typeof sanitizeHtml): string {
  const prose = html.replaceAll(/<pre>[\s\S]*?<\/pre>/g, ' ')
  const spaced = prose.replaceAll(/<(?:\/(?:p|h\d|li|td|th|blockquote)|br \/|hr \/)>/g, match => `${match} `)
  return sanitize(spaced, { allowedTags: [], allowedAttributes: {} })
    .replaceAll(/&(?:amp|lt|gt|quot|#39);/g, entity => entities[entity] ?? entity)
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function excerptOf(text: string): string {
  const characters = [...text]
  if (characters.length <= excerptLength) return text
  const cut = characters.slice(0, excerptLength).join('')
  const lastSpace = cut.lastIndexOf(' ')
  return `${lastSpace > excerptLength / 2 ? cut.slice(0, lastSpace) : cut}…`
}

/** Scripts without spaces are read by the character, about twice as many in a minute. */
function readingMinutesOf(text: string): number {
  const spaceless =
    text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu)?.length ?? 0
  const words = text.split(' ').length + spaceless / 2
  return Math.max(1, Math.round(words / wordsPerMinute))
}
