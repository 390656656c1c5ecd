import { constants, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import type { WorkerReply } from '../shared/worker-queue.ts'
import { renderMarkdown } from './markdown/render.ts'
import type { RenderReply } from './markdown/render-markdown.ts'
import { HtmlTooLong } from './markdown/size.ts'

// On Linux this affects only this thread: on a pod with one core, reads take precedence over long texts.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

function replyTo(markdown: string): WorkerReply<RenderReply> {
  try {
    return { result: renderMarkdown(markdown) }
  } catch (error) {
    return error instanceof HtmlTooLong ? { result: 'too long' } : { error: String(error) }
  }
}

parentPort?.on('message', (markdown: string) => parentPort?.postMessage(replyTo(markdown)))
