import type sanitizeHtml from 'sanitize-html'
import { idPrefix } from './rules.ts'

export const ownId = new RegExp(`^${idPrefix}[\\p{L}\\p{M}\\p{N}:-]{1,80}$`, 'u')

function withOwnId(attributes: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const { id, ...others } = attributes
  return id !== undefined && ownId.test(id) ? { ...others, id } : others
}

const keepOwnId: sanitizeHtml.Transformer = (tagName, attributes) => ({
  tagName,
  attribs: withOwnId(attributes),
})

/** The HTML allowed in a post. Links are marked as user-generated, images need HTTPS, scripts and styles are removed. */
export const sanitizeOptions: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'br', 'hr', 'blockquote', 'pre', 'code', 'ul', 'ol', 'li'],
    ...['em', 'strong', 's', 'sup', 'kbd', 'a', 'img', 'input', 'section'],
    ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: {
    a: ['href', 'title', 'rel', 'id', 'class'],
    img: ['src', 'alt', 'title', 'loading'],
    code: ['class'],
    ol: ['start', 'class'],
    li: ['id', 'class'],
    sup: ['class'],
    section: ['class'],
    hr: ['class'],
    th: ['align'],
    td: ['align'],
    input: [{ name: 'type', values: ['checkbox'] }, 'disabled', 'checked'],
    ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map(heading => [heading, ['id']])),
  },
  allowedClasses: {
    code: [/^language-[\w+#-]{1,30}$/],
    a: ['footnote-backref'],
    ol: ['footnotes-list'],
    li: ['footnote-item'],
    sup: ['footnote-ref'],
    section: ['footnotes'],
    hr: ['footnotes-sep'],
  },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: ['https'] },
  allowedSchemesAppliedToAttributes: ['href', 'src'],
  allowProtocolRelative: false,
  parseStyleAttributes: false,
  transformTags: {
    ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'li'].map(tag => [tag, keepOwnId])),
    a: (tagName, attributes) => ({
      tagName,
      // A link within the post leads to no other site.
      attribs: {
        ...withOwnId(attributes),
        ...(attributes['href']?.startsWith(`#${idPrefix}`) ? {} : { rel: 'nofollow ugc noopener' }),
      },
    }),
    img: (tagName, attributes) => ({ tagName, attribs: { ...attributes, loading: 'lazy' } }),
    input: (tagName, { checked }) => ({
      tagName,
      attribs: {
        type: 'checkbox',
        disabled: 'disabled',
        ...(checked !== undefined && { checked: 'checked' }),
      },
    }),
  },
}
