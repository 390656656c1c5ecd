import { expect, test } from 'vitest'
import { ask } from './api.ts'
import { kubectl, watch } from './kubectl.ts'

const of = (...functions: readonly string[]) =>
  `--selector=serving.knative.dev/service in (${functions.join(',')})`
const ofAll = of('auth', 'profile', 'posts')
const namesOfPods = ['get', 'pods', '--output=name']

test('all functions go to zero, and one request wakes posts alone', async ({ annotate }) => {
  await kubectl('wait', 'podautoscalers', ofAll, '--for=jsonpath={.status.actualScale}=0', '--timeout=120s')
  // Scaled down is decided; a pod that is still finishing could answer, so it must be gone as well.
  await kubectl('wait', 'pods', ofAll, '--for=delete', '--timeout=120s')

  const others = watch(...namesOfPods, of('auth', 'profile'))
  const startedMs = performance.now()
  const answer = await ask('GET', '/posts?limit=1')
  const tookMs = Math.round(performance.now() - startedMs)
  expect(answer.status, answer.text).toBe(200)
  await annotate(`posts woke and answered in ${tookMs} ms`)

  await kubectl('wait', 'pods', of('posts'), '--for=condition=Ready')
  expect(await kubectl(...namesOfPods, of('posts'))).not.toBe('')
  expect(await others.stop()).toBe('')
})
