// What keeps a stranger's commit away from the credentials of CI. Each rule returns sentences about faults.
import { at, isRecord, type Json, list, text } from '../manifests/json.ts'

/** They run with the secrets of this repository for what somebody else has sent. */
const dangerousTriggers = ['workflow_run', 'pull_request_target', 'issue_comment']

/** Pinned by commit: a tag can be moved to other code. */
const pinnedAction = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/
const download = /\b(?:curl|wget)\b[^\n]*https?:|\b(?:curl|wget)\b[^\n]*"\$/

export function workflowFaults(workflow: Json): readonly string[] {
  return [
    ...triggersOf(workflow)
      .filter(trigger => dangerousTriggers.includes(trigger))
      .map(trigger => `is triggered by ${trigger}`),
    ...jobsOf(workflow).flatMap(([name, job]) =>
      jobFaults(job, triggersOf(workflow)).map(fault => `job ${name} ${fault}`),
    ),
  ]
}

function triggersOf(workflow: Json): readonly string[] {
  const on = at(workflow, 'on')
  if (isRecord(on)) return Object.keys(on)
  return Array.isArray(on) ? on.map(String) : [String(on)]
}

function jobsOf(workflow: Json): readonly (readonly [string, Json])[] {
  const jobs = at(workflow, 'jobs')
  return isRecord(jobs) ? Object.entries(jobs) : []
}

function jobFaults(job: Json, triggers: readonly string[]): readonly string[] {
  const faults: string[] = []
  const isPrivileged = hasCredentials(job)
  const runsForStrangers = triggers.includes('pull_request') || triggers.includes('workflow_call')
  if (isPrivileged && runsForStrangers && !isForMainOnly(job))
    faults.push('has credentials and does not ask for the branch main')
  for (const step of list(job, 'steps')) faults.push(...stepFaults(step, isPrivileged))
  const called = text(job, 'uses')
  if (called !== undefined && !called.startsWith('./') && !pinnedAction.test(called))
    faults.push(`calls ${called}, which is not pinned by a commit`)
  return faults
}

function stepFaults(step: Json, isPrivileged: boolean): readonly string[] {
  const faults: string[] = []
  const action = text(step, 'uses')
  if (action !== undefined && !pinnedAction.test(action))
    faults.push(`uses ${action}, which is not pinned by a commit`)
  if (action?.startsWith('actions/checkout@')) {
    if (at(step, 'with', 'persist-credentials') !== false) faults.push('leaves its token in the checkout')
    if (isPrivileged && at(step, 'with', 'ref') !== undefined)
      faults.push('checks out another commit than its own')
  }
  const script = text(step, 'run') ?? ''
  if (download.test(script) && !script.includes('sha256sum --check'))
    faults.push('downloads without a check of the sum')
  return faults
}

/** An environment, a secret other than the job's own token, or a permission to write. */
function hasCredentials(job: Json): boolean {
  const permissions = at(job, 'permissions')
  const canWrite =
    permissions === 'write-all' || (isRecord(permissions) && Object.values(permissions).includes('write'))
  const secrets = JSON.stringify(job).matchAll(/secrets\.(\w+)/g)
  return (
    canWrite ||
    at(job, 'environment') !== undefined ||
    at(job, 'secrets') !== undefined ||
    [...secrets].some(([, name]) => name !== 'GITHUB_TOKEN')
  )
}

const isForMainOnly = (job: Json) => /github\.ref == 'refs\/heads\/main'/.test(text(job, 'if') ?? '')
