import type { components } from '../../../functions/client/api.d.ts'
import { element } from './elements.ts'
import { byline, type ListedPost, openPost } from './post-dialog.ts'

let shown = ''

/** Shows the newest posts; draws them again only when they have changed. */
export async function showPosts(list: HTMLElement, hint: HTMLElement): Promise<void> {
  const text = await fetch('/posts?limit=9').then(
    response => (response.ok ? response.text() : shown),
    () => shown,
  )
  if (text === shown) return
  shown = text
  const { items }: components['schemas']['PostPage'] = JSON.parse(text)
  hint.hidden = items.length > 0
  list.replaceChildren(...items.map(summary))
}

function summary(post: ListedPost): HTMLElement {
  const { title, excerpt, language, coverImageUrl } = post
  const open = element('button', { type: 'button' }, title)
  open.addEventListener('click', () => void openPost(post))
  const cover = coverImageUrl === null ? [] : [element('img', { src: coverImageUrl, alt: '' })]
  const text = language === null ? {} : { lang: language }
  return element(
    'article',
    {},
    ...cover,
    element('h3', text, open),
    element('p', text, excerpt ?? ''),
    element('p', { class: 'quiet' }, byline(post)),
  )
}
