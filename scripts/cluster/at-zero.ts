import { kubectl } from './kubectl.ts'

/** Resolves when the Services with these labels are at zero and their last pods, which could still respond, are gone. */
export async function untilAtZero(selector: string, namespace = 'iod'): Promise<void> {
  const selected = ['--namespace', namespace, '--selector', selector, '--timeout=180s']
  await kubectl`wait podautoscalers ${selected} --for=jsonpath={.status.actualScale}=0`
  await kubectl`wait pods ${selected} --for=delete`
}
