import { existsSync } from 'node:fs'
import { caFile } from './api.ts'
import { kubectl } from './kubectl.ts'

/** One sentence instead of a refused connection in each test. */
export async function setup(): Promise<void> {
  const wayOut = 'Run `make up` first.'
  if (!existsSync(caFile)) throw new Error(`There is no local cluster. ${wayOut}`)
  try {
    await kubectl('get', '--raw', '/readyz')
  } catch {
    throw new Error(`The local cluster does not answer. ${wayOut}`)
  }
}
