import { functionNames } from '../../functions/registry.ts'
import { until } from '../cli/until.ts'
import { succeeds } from '../cluster/command.ts'
import { request } from './api.ts'

/** Fails with one sentence instead of a refused connection in each test, and wakes all functions before the first. */
export async function setup(): Promise<void> {
  if (!(await succeeds`kubectl get --raw /readyz --request-timeout=10s`))
    throw new Error('The local cluster does not respond. Run `make up`.')
  await Promise.all(functionNames.map(untilAwake))
}

const untilAwake = (name: string) =>
  until(
    `/${name}/health responds with 200`,
    async () => {
      const { status, text } = await request('GET', `/${name}/health`)
      if (status !== 200) throw new Error(`${status} ${text}`)
      return true
    },
    90,
    500,
  )
