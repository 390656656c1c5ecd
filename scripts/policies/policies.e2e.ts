import { describe, expect, test } from 'vitest'
import { functionNames } from '../../functions/registry.ts'
import { getItems, kubectl } from '../cluster/kubectl.ts'
import { passingFrom, sources } from './connections.ts'
import { reachable, stage } from './stand-ins.ts'

describe.concurrent('reaches what the table names, and nothing else', () => {
  test.each(sources)('%s', async source => {
    expect((await reachable(source)).toSorted()).toEqual(passingFrom(source, stage).toSorted())
  })
})

test("the functions' real pods have the label that their policies select", async () => {
  const selector = 'serving.knative.dev/service,!iod-functions/stand-in'
  const deployments = await getItems`deployments --namespace ${stage.namespace} --selector ${selector}`
  expect(deployments.length).toBeGreaterThanOrEqual(functionNames.length)
})

test('a pod that may run as root is not admitted', async () => {
  const options = ['--image', 'any', '--dry-run=server']
  await expect(kubectl`run root --namespace ${stage.namespace} ${options}`).rejects.toThrow(
    'violates PodSecurity "restricted',
  )
})
