import { element, find } from './elements.ts'
import { byline, type PostSummary } from './post-summary.ts'

interface Comment {
  readonly html: string | null
  readonly author: { readonly username: string; readonly displayName: string | null } | null
}

/** Opens a post with its comments. */
export async function openPost(summary: PostSummary): Promise<void> {
  const dialog = find('#post')
  const path = `/posts/${encodeURIComponent(summary.slug)}`
  const [post, comments]: [{ readonly html: string }, { readonly items: readonly Comment[] }] =
    await Promise.all(
      [path, `${path}/comments?limit=20`].map(url => fetch(url).then(response => response.json())),
    ).then(([first, second]) => [first, second])
  const cover =
    summary.coverImageUrl === null ? [] : [element('img', { src: summary.coverImageUrl, alt: '' })]
  find('#post article').replaceChildren(
    ...cover,
    element('h2', { id: 'post-title', lang: summary.language ?? '' }, summary.title),
    element('p', { class: 'quiet' }, byline(summary)),
    fromMarkdown(post.html, summary.language),
    element('h3', {}, 'Comments'),
    ...comments.items.map(({ author, html }) =>
      element('div', {}, element('strong', {}, nameOf(author)), fromMarkdown(html ?? '', null)),
    ),
  )
  if (dialog instanceof HTMLDialogElement) dialog.showModal()
}

const nameOf = (author: Comment['author']) => author?.displayName ?? author?.username ?? 'a deleted account'

/** The API has removed scripts from this HTML, and the page's policy would not run them. */
function fromMarkdown(html: string, language: string | null): HTMLElement {
  const text = element('div', language === null ? {} : { lang: language })
  text.innerHTML = html
  return text
}
