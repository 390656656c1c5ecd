import { DomainError } from '../../shared/domain-error.ts'
import type { AccountId } from '../../shared/ids.ts'
import { hasVisible } from '../../shared/text.ts'
import { createWorkerQueue, WorkerTimeout } from '../../shared/worker-queue.ts'
import type { Rendered } from './render.ts'

/** Rejects if the HTML would be too long or takes too long to render. `owner` is the author of the text. */
export type RenderMarkdown = (markdown: string, owner: AccountId) => Promise<Rendered>

export type RenderReply = Rendered | 'too long'

/** Up to this length a text is rendered on the event loop: the worst one takes a few ms. */
const maxInlineLength = 4_000
/** A table row can be two characters and still have as many cells as the header: 180,000 cells take 120 ms. */
const maxInlineCells = 10_000

/** True if the text is cheap enough to render on the event loop. */
export function isCheap(markdown: string): boolean {
  if (markdown.length > maxInlineLength) return false
  const lines = markdown.split('\n')
  const columns = Math.max(...lines.map(line => line.split('|').length))
  return columns * lines.length <= maxInlineCells
}

/** In the folder above, or beside the bundle in an image. */
const workerFile = new URL(
  import.meta.filename.endsWith('.ts') ? '../render-worker.ts' : 'render-worker.cjs',
  import.meta.url,
)

/** Renders short texts in place and long ones in a worker thread, so that no text delays the reads of others. */
export function createMarkdownRenderer(): RenderMarkdown {
  const queue = createWorkerQueue<string, RenderReply>({
    file: workerFile,
    name: 'Markdown',
    // Twenty times what a long post takes.
    cpuLimitMs: 2_000,
    timeoutMs: 10_000,
    maxWaiting: 30,
    maxPerOwner: 3,
    busy: 'Too many long texts at once.',
  })

  return async (markdown, owner) => {
    const reply = isCheap(markdown)
      ? await renderHere(markdown)
      : await queue.run(markdown, [owner]).catch(orTooSlow)
    if (reply === 'too long')
      throw refuseBody('becomes too much HTML: it repeats references or nests too deep')
    if (reply === 'too slow') throw refuseBody('takes too long to render: make it simpler or shorter')
    if (showsNothing(reply.html)) throw refuseBody('must have something that can be seen')
    return reply
  }
}

/** An entity can name a space, and the definition of a reference renders to nothing. */
const showsNothing = (html: string) =>
  !/<(?:img|hr|input)\b/.test(html) && !hasVisible(html.replaceAll(/<[^>]*>/g, ''))

const orTooSlow = (error: unknown): 'too slow' => {
  if (error instanceof WorkerTimeout) return 'too slow'
  throw error
}

/** Loads the renderer with the first write; reads do not need it. */
async function renderHere(markdown: string): Promise<RenderReply> {
  const [{ renderMarkdown }, { HtmlTooLong }] = await Promise.all([
    import('./render.ts'),
    import('./size.ts'),
  ])
  try {
    return renderMarkdown(markdown)
  } catch (error) {
    if (error instanceof HtmlTooLong) return 'too long'
    throw error
  }
}

const refuseBody = (message: string) => new DomainError('invalid_member', { path: 'body', message })
