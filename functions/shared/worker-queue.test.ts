import { afterAll, expect, test } from 'vitest'
import { OverloadError } from './domain-error.ts'
import { createWorkerQueue, WorkerTimeout } from './worker-queue.ts'

/** Waits without using the processor, as on a machine that is busy with other work, or uses it for ever. */
const program = `
import { parentPort } from 'node:worker_threads'
parentPort.on('message', job => {
  if (job === 'busy') for (;;);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, job)
  parentPort.postMessage({ result: 'done' })
})`

function createQueue(limits: { readonly cpuLimitMs: number; readonly timeoutMs: number }) {
  const file = new URL(`data:text/javascript,${encodeURIComponent(program)}`)
  const options = { file, name: 'test', maxWaiting: 3, maxPerOwner: 3, busy: 'Busy.' }
  const queue = createWorkerQueue<number | 'busy', string>({ ...options, ...limits })
  afterAll(() => queue.close())
  return queue
}

test('a job may wait for longer than it may use the processor', async () => {
  const queue = createQueue({ cpuLimitMs: 1_000, timeoutMs: 60_000 })
  expect(await queue.run(1_500, ['ada'])).toBe('done')
  expect(await queue.run(0, ['ada'])).toBe('done')
})

test('a job that uses too much of the processor ends, and the next one gets a new worker', async () => {
  const queue = createQueue({ cpuLimitMs: 500, timeoutMs: 60_000 })
  const [busy, next] = [queue.run('busy', ['ada']), queue.run(0, ['eve'])]
  await expect(busy).rejects.toThrow(WorkerTimeout)
  expect(await next).toBe('done')
})

test('a job whose time is over is not to blame: 503', async () => {
  const queue = createQueue({ cpuLimitMs: 400, timeoutMs: 500 })
  await expect(queue.run(1_000_000, ['ada'])).rejects.toBeInstanceOf(OverloadError)
})
