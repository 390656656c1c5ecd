import { constants, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { compare, hash } from 'bcryptjs'
import type { WorkerReply } from '../../shared/worker-queue.ts'
import { costOf, type PasswordJob, unmatchableHash } from './password-job.ts'

/** bcrypt takes about 0.1 s of CPU at cost 10: in this thread it does not block the event loop. */
const run = (job: PasswordJob): Promise<string | boolean> =>
  job.kind === 'hash' ? hash(job.input, job.cost) : compareAtCost(job)

/**
 * Comparing with a hash of a lower cost takes less time, which would reveal that the account exists. Each step doubles the
 * time, so one more comparison at each cost from the hash's up to the one below the configured cost makes up for it.
 */
async function compareAtCost({
  input,
  hash,
  cost,
}: Extract<PasswordJob, { kind: 'compare' }>): Promise<boolean> {
  const matched = await compare(input, hash)
  for (let missing = costOf(hash); missing < cost; missing += 1)
    await compare(input, unmatchableHash(missing))
  return matched
}

// On Linux this is the priority of this thread alone: on a single core, reads precede sign-ins.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

parentPort?.on('message', (job: PasswordJob) => {
  run(job).then(
    result => reply({ result }),
    error => reply({ error: String(error) }),
  )
})

const reply = (message: WorkerReply<string | boolean>) => parentPort?.postMessage(message)
