import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, caFile } from './api.ts'
import { kubectl } from './kubectl.ts'

const deadlineMs = 90_000
const retryMs = 500

/** One sentence instead of a refused connection in each test; and all three functions awake before the first one. */
export async function setup(): Promise<void> {
  const wayOut = 'Run `make up` first.'
  if (!existsSync(caFile)) throw new Error(`There is no local cluster. ${wayOut}`)
  try {
    await kubectl('get', '--raw', '/readyz')
  } catch {
    throw new Error(`The local cluster does not answer. ${wayOut}`)
  }
  await Promise.all(['auth', 'profile', 'posts'].map(awake))
}

async function awake(name: string): Promise<void> {
  for (;;) {
    const answer = await ask('GET', `/${name}/health`)
    if (answer.status === 200) return
    if (performance.now() > deadlineMs) throw new Error(`/${name}/health: ${answer.status} ${answer.text}`)
    await sleep(retryMs)
  }
}
