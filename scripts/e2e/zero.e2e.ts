import { expect, test } from 'vitest'
import { type FunctionName, functionNames } from '../../functions/registry.ts'
import { untilAtZero } from '../cluster/at-zero.ts'
import { kubectl, nameOf } from '../cluster/kubectl.ts'
import { openApi } from '../cluster/tunnels.ts'
import { request } from './api.ts'

const selectorOf = (names: readonly FunctionName[]) => `serving.knative.dev/service in (${names.join(',')})`
const podNames = (names: readonly FunctionName[]) =>
  kubectl`get pods --namespace iod --output=name --selector ${selectorOf(names)}`

/** Collects the names of the pods that the API server reports, until it is stopped. */
async function watchPods(names: readonly FunctionName[]) {
  const api = await openApi()
  const found: string[] = []
  const path = `/api/v1/namespaces/iod/pods?labelSelector=${encodeURIComponent(selectorOf(names))}`
  const events = (async () => {
    for await (const { object } of api.watch(path)) found.push(nameOf(object))
  })()
  return async () => {
    api.close()
    await events.catch(() => undefined)
    return found
  }
}

test('all functions go to zero, and one request wakes posts alone', async ({ annotate }) => {
  await untilAtZero(selectorOf(functionNames))

  const stopWatching = await watchPods(functionNames.filter(name => name !== 'posts'))
  const startedMs = performance.now()
  const response = await request('GET', '/posts?limit=1')
  const tookMs = Math.round(performance.now() - startedMs)
  expect(response.status, response.text).toBe(200)
  await annotate(`posts woke and responded in ${tookMs} ms`)

  await kubectl`wait pods --namespace iod --selector ${selectorOf(['posts'])} --for=condition=Ready`
  expect(await podNames(['posts'])).not.toBe('')
  expect(await stopWatching()).toEqual([])
})
