// The functions as `make up TOGETHER=yes` deploys them: one Knative Service. The tests leave what they found.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { functionNames } from '../../functions/registry.ts'
import { untilAtZero } from '../cluster/at-zero.ts'
import { getItems, nameOf } from '../cluster/kubectl.ts'
import { text } from '../manifests/json.ts'
import { request } from './api.ts'
import { deployAgain } from './commands.ts'

const selector = 'serving.knative.dev/service=together'
beforeAll(() => deployAgain('posts', { TOGETHER: 'yes' }), 240_000)
afterAll(() => deployAgain('together'), 240_000)

test('there is one Service, and the ones that it replaces are gone', async () => {
  const services = await getItems`services.serving.knative.dev --namespace iod`
  expect(services.map(nameOf)).toEqual(['together'])
})

// The tests of these files become tests of this one, so they run between its hooks.
describe('the journeys over HTTPS', async () => {
  await import('./account.e2e.ts')
  await import('./author.e2e.ts')
  await import('./reader.e2e.ts')
  await import('./refusals.e2e.ts')
  await import('./transport.e2e.ts')
})

test('from zero, one pod answers for every function', async () => {
  await untilAtZero(selector)
  for (const name of functionNames) {
    const response = await request('GET', `/${name}/health`)
    expect(response.status, response.text).toBe(200)
  }
  const pods = await getItems`pods --namespace iod --selector ${selector}`
  expect(pods.filter(pod => text(pod, 'status', 'phase') === 'Running').map(nameOf)).toHaveLength(1)
})
