import { createStandIns, reachable, removeStandIns } from './stand-ins.ts'

/** Fails with one sentence where nothing would be refused: the tests of what passes would prove nothing. */
export async function setup(): Promise<void> {
  await createStandIns()
  if (!(await reachable('neighbor')).includes('postgres:5432')) return
  await removeStandIns()
  throw new Error(
    'This cluster does not enforce NetworkPolicies: a pod that no policy names reaches Postgres. ' +
      'Use a network plug-in that does; nodes of kind do by themselves.',
  )
}

export const teardown = removeStandIns
