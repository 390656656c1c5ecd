import { setTimeout as sleep } from 'node:timers/promises'
import { functionNames } from '../../functions/registry.ts'
import { succeeds } from '../cluster/command.ts'
import { request } from './api.ts'

const deadlineMs = 90_000
const retryMs = 500

/** Fails with one sentence instead of a refused connection in each test, and wakes all functions before the first. */
export async function setup(): Promise<void> {
  if (!(await succeeds`kubectl get --raw /readyz --request-timeout=10s`))
    throw new Error('The local cluster does not respond. Run `make up`.')
  await Promise.all(functionNames.map(untilAwake))
}

async function untilAwake(name: string): Promise<void> {
  for (;;) {
    const { status, text } = await request('GET', `/${name}/health`)
    if (status === 200) return
    if (performance.now() > deadlineMs) throw new Error(`/${name}/health: ${status} ${text}`)
    await sleep(retryMs)
  }
}
