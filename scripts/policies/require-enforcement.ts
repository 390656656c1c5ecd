import { stage } from './stage.ts'
import { createStandIns, reachable, removeStandIns } from './stand-ins.ts'

/** Fails with one sentence where nothing would be refused: the tests of what passes would prove nothing. */
export async function setup(): Promise<void> {
  await createStandIns(stage)
  if (!(await reachable('neighbor', stage)).includes('postgres:5432')) return
  await removeStandIns(stage)
  throw new Error(
    'This cluster does not enforce NetworkPolicies: a pod that no policy names reaches Postgres. ' +
      'Use a network plug-in that does; nodes of kind do by themselves.',
  )
}

export const teardown = () => removeStandIns(stage)
