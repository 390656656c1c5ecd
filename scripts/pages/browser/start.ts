// The start page of `make dev`: what runs, with live health, first calls, and the newest posts.
import { element, find } from './elements.ts'
import { showHealth } from './health.ts'
import { showPosts } from './posts.ts'
import { followTheme } from './theme.ts'

interface Data {
  readonly functions: readonly { readonly name: string; readonly description: string }[]
  readonly examples: readonly string[]
}

const refreshMs = 2_000

const data: Data = JSON.parse(find('#data').textContent ?? '')
const lines = data.examples.join('\n')
find('#examples').textContent = lines
find('#copy').addEventListener('click', async ({ target }) => {
  await navigator.clipboard.writeText(`${lines}\n`)
  if (target instanceof Element) target.textContent = 'Copied'
})
followTheme(find('#theme'))

const cards = data.functions.map(({ name, description }) => {
  const status = element('dl', { 'aria-live': 'polite' })
  const link = element('a', { href: `/${name}/health` }, name)
  const card = element(
    'article',
    { id: `function-${name}` },
    element('h3', {}, link),
    element('p', {}, description),
    status,
  )
  find('#functions').append(card)
  return { name, card, status }
})

async function refresh(): Promise<void> {
  if (document.visibilityState === 'visible')
    await Promise.all([...cards.map(showHealth), showPosts(find('#posts'), find('#no-posts'))])
  setTimeout(refresh, refreshMs)
}
void refresh()
