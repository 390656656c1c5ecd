import { parentPort } from 'node:worker_threads'
import { compare, hash } from 'bcryptjs'

/** bcrypt takes about 0.1 s of CPU at cost 10: here it holds up nobody's read. */
export type PasswordJob =
  | { readonly kind: 'hash'; readonly input: string; readonly cost: number }
  | { readonly kind: 'compare'; readonly input: string; readonly hash: string }

export interface PasswordRequest {
  readonly id: number
  readonly job: PasswordJob
}

export type PasswordReply =
  | { readonly id: number; readonly result: string | boolean }
  | { readonly id: number; readonly error: string }

const run = (job: PasswordJob): Promise<string | boolean> =>
  job.kind === 'hash' ? hash(job.input, job.cost) : compare(job.input, job.hash)

parentPort?.on('message', ({ id, job }: PasswordRequest) => {
  run(job).then(
    result => parentPort?.postMessage({ id, result } satisfies PasswordReply),
    error => parentPort?.postMessage({ id, error: String(error) } satisfies PasswordReply),
  )
})
