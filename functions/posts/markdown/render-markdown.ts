import { DomainError } from '../../shared/domain-error.ts'
import type { AccountId } from '../../shared/ids.ts'
import { createWorkerQueue, WorkerTimeout } from '../../shared/worker-queue.ts'
import type { Rendered } from './render.ts'

/** `owner`: whose text it is. Rejects with 422 for a text whose HTML would be too long, or takes too long to make. */
export type RenderMarkdown = (markdown: string, owner: AccountId) => Promise<Rendered>

export type RenderReply = Rendered | 'too long'

/** Rendered here: the worst text of this length takes a few ms, less than a worker's turn is worth. */
const maxInlineLength = 4_000
/** A row of a table is two characters and as many cells as its head: 180,000 of them take 120 ms. */
const maxInlineCells = 10_000

/** Whether the text costs so little that the event loop may render it. */
export function isCheap(markdown: string): boolean {
  if (markdown.length > maxInlineLength) return false
  const lines = markdown.split('\n')
  const columns = Math.max(...lines.map(line => line.split('|').length))
  return columns * lines.length <= maxInlineCells
}

/** Beside this file's folder, and beside the bundle in an image. */
const workerFile = new URL(
  import.meta.filename.endsWith('.ts') ? '../render-worker.ts' : 'render-worker.cjs',
  import.meta.url,
)

/** Short texts in place, long ones in a worker thread, so that no body holds up the reads of others. */
export function createMarkdownRenderer(): RenderMarkdown {
  const queue = createWorkerQueue<string, RenderReply>({
    file: workerFile,
    // Twenty times what a long post takes; no text that people write comes near it.
    timeoutMs: 2_000,
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
    return reply
  }
}

const orTooSlow = (error: unknown): 'too slow' => {
  if (error instanceof WorkerTimeout) return 'too slow'
  throw error
}

/** Loaded with the first text that is written: reading needs none of it. */
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
