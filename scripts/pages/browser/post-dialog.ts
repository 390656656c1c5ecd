import type { components } from '../../../functions/client/api.d.ts'
import { createClient } from '../../../functions/client/index.ts'
import { element, find } from './elements.ts'

export type ListedPost = components['schemas']['ListedPost']
type Author = components['schemas']['Author']

const api = createClient({ baseUrl: location.origin })

/** Opens a post with its comments. */
export async function openPost(summary: ListedPost): Promise<void> {
  const dialog = find('#post')
  const path = { slug: summary.slug }
  const [{ data: post }, { data: comments }] = await Promise.all([
    api.getPost({ path }),
    api.listComments({ path, query: { limit: 20 } }),
  ])
  const cover =
    summary.coverImageUrl === null ? [] : [element('img', { src: summary.coverImageUrl, alt: '' })]
  find('#post article').replaceChildren(
    ...cover,
    element('h2', { id: 'post-title', lang: summary.language ?? '' }, summary.title),
    element('p', { class: 'quiet' }, byline(summary)),
    fromMarkdown(post.html, summary.language),
    element('h3', {}, 'Comments'),
    ...comments.items.map(({ author, html }) =>
      element('div', {}, element('strong', {}, nameOf(author)), fromMarkdown(html, null)),
    ),
  )
  if (dialog instanceof HTMLDialogElement) dialog.showModal()
}

const nameOf = (author: Author | null) => author?.displayName ?? author?.username ?? 'a deleted account'

/** The line below a title. */
export function byline({ author, publishedAt, favoritesCount, commentsCount }: ListedPost): string {
  const comments = commentsCount === 1 ? 'comment' : 'comments'
  return `${nameOf(author)} · ${publishedAt?.slice(0, 10)} · ♥ ${favoritesCount} · ${commentsCount} ${comments}`
}

/** The API has removed scripts from this HTML, and the page's policy would not run them. */
function fromMarkdown(html: string, language: string | null): HTMLElement {
  const text = element('div', language === null ? {} : { lang: language })
  text.innerHTML = html
  return text
}
