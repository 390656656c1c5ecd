// The functions as `make up NEIGHBOURS=yes` deploys them. The tests leave what they found.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { functionNames } from '../../functions/registry.ts'
import { untilAtZero } from '../cluster/at-zero.ts'
import { getItems, kubectl, nameOf } from '../cluster/kubectl.ts'
import { text } from '../manifests/json.ts'
import { request } from './api.ts'
import { deployAgain } from './commands.ts'

const selector = `serving.knative.dev/service in (${functionNames.join(',')})`

beforeAll(() => deployAgain('posts', { NEIGHBOURS: 'yes' }), 180_000)
afterAll(() => deployAgain('posts'), 180_000)

const podsByFunction = async () =>
  (await getItems`pods --namespace iod --selector ${selector}`).map(pod => ({
    pod: nameOf(pod),
    function: text(pod, 'metadata', 'labels', 'serving.knative.dev/service') ?? '',
  }))

/** Resolves with the log of a function's pod, once the log has this line. */
const untilLogged = (pod: string, message: string): Promise<string> =>
  vi.waitFor(
    async () => {
      const log = await kubectl`logs ${pod} --namespace iod --container user-container`
      expect(log).toContain(message)
      return log
    },
    { timeout: 60_000, interval: 500 },
  )

test('the first request at one function wakes every other one, and all return to zero', async () => {
  const [woken] = functionNames
  await untilAtZero(selector)
  const response = await request('GET', `/${woken}/nothing-is-here`)
  expect(response.status, response.text).toBeLessThan(500)

  const first = (await podsByFunction()).find(({ function: name }) => name === woken)
  const log = await untilLogged(first?.pod ?? '', 'neighbours woken')
  expect(log).toContain(`"count":${functionNames.length - 1}`)
  const pods = await podsByFunction()
  expect(pods.map(({ function: name }) => name).toSorted()).toEqual(functionNames.toSorted())
  // A wake call is no request in the log of the function that it wakes, and causes no further call.
  for (const { pod, function: name } of pods) {
    if (name === woken) continue
    const other = await untilLogged(pod, '"loaded"')
    expect(other).not.toContain('"request"')
    expect(other).not.toContain('neighbours woken')
  }
  // No function is started again, so these pods are the last ones.
  await untilAtZero(selector)
})
