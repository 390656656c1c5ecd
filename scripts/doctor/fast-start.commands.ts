import { expect, test } from 'vitest'
import { doctorOutput } from './test-doctor.ts'

const node = (name: string, handlers: readonly string[], spec = {}) => ({
  metadata: { name },
  spec,
  status: { runtimeHandlers: handlers.map(handler => ({ name: handler })) },
})
const crunService = { spec: { template: { spec: { runtimeClassName: 'crun' } } } }
const enabled = { data: { 'kubernetes.podspec-runtimeclassname': 'enabled' } }

/** Returns what `make doctor` prints about fast start in a cluster with these objects. */
async function doctorLine(nodes: readonly object[], services: readonly object[] = [], features = enabled) {
  const text = await doctorOutput({
    'get nodes ': { items: nodes },
    'get services.serving.knative.dev ': { items: services },
    'get configmap config-features ': features,
  })
  return text.split('\n').find(line => line.includes('fast start')) ?? ''
}

test.each([
  ['possible', [node('a', ['', 'runc', 'crun'])], 'possible here, and not used'],
  [
    'no handler',
    [node('a', ['crun']), node('b', ['runc'])],
    'the container runtime of b has no handler crun',
  ],
  ['nothing reported', [{ metadata: { name: 'old' } }], 'the container runtime of old has no handler crun'],
  [
    'a control plane that runs no functions',
    [node('a', ['crun']), node('control', ['runc'], { taints: [{ effect: 'NoSchedule' }] })],
    'possible here',
  ],
])('doctor tells what the nodes have: %s', async (_what, nodes, line) => {
  const printed = await doctorLine(nodes)
  expect(printed).toMatch(/^ok {4}fast start: the functions run in the default runtime/)
  expect(printed).toContain(line)
})

test('doctor finds a fault where functions ask for what a node lacks, or Knative refuses', async () => {
  expect(await doctorLine([node('a', ['crun'])], [crunService])).toBe(
    'ok    fast start: functions run in crun',
  )
  expect(await doctorLine([node('a', ['runc'])], [crunService])).toContain(
    'wrong fast start: functions run in crun: the container runtime of a has no handler crun',
  )
  expect(
    await doctorLine([node('a', ['crun'])], [crunService], {
      data: { 'kubernetes.podspec-runtimeclassname': 'disabled' },
    }),
  ).toContain('wrong fast start: functions run in crun: config-features does not enable')
})
