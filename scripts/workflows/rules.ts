// What zizmor does not check: that the credentials of CI are for reviewed commits alone. Rules return sentences about faults.
import { at, isRecord, type Json, list, record, text } from '../manifests/json.ts'

/** They run with the secrets of this repository for commits and comments of anyone. */
const dangerousTriggers = ['workflow_run', 'pull_request_target', 'issue_comment']
const download = /\b(?:curl|wget)\b[^\n]*https?:|\b(?:curl|wget)\b[^\n]*"\$/

export function workflowFaults(workflow: Json): readonly string[] {
  const on = at(workflow, 'on')
  const triggers = isRecord(on) ? Object.keys(on) : [on].flat().map(String)
  const forStrangers = triggers.includes('pull_request') || triggers.includes('workflow_call')
  return [
    ...triggers
      .filter(trigger => dangerousTriggers.includes(trigger))
      .map(trigger => `is triggered by ${trigger}`),
    ...Object.entries(record(workflow, 'jobs')).flatMap(([name, job]) =>
      jobFaults(job, forStrangers).map(fault => `job ${name} ${fault}`),
    ),
  ]
}

function jobFaults(job: Json, forStrangers: boolean): readonly string[] {
  const isPrivileged = hasCredentials(job)
  const isForMainOnly = /github\.ref == 'refs\/heads\/main'/.test(text(job, 'if') ?? '')
  const steps = list(job, 'steps')
  const checksOut = (step: Json) => text(step, 'uses')?.startsWith('actions/checkout@') === true
  const isUnchecked = (script: string) => download.test(script) && !script.includes('sha256sum --check')
  return [
    ...(isPrivileged && forStrangers && !isForMainOnly
      ? ['has credentials without the condition that the branch is main']
      : []),
    ...(isPrivileged && steps.some(step => checksOut(step) && at(step, 'with', 'ref') !== undefined)
      ? ['checks out another commit than its own']
      : []),
    ...(steps.some(step => isUnchecked(text(step, 'run') ?? ''))
      ? ['downloads without a check of the sum']
      : []),
  ]
}

/** An environment, a secret other than the job's own token, or a permission to write. */
function hasCredentials(job: Json): boolean {
  const permissions = at(job, 'permissions')
  const canWrite = permissions === 'write-all' || Object.values(record(permissions)).includes('write')
  const secrets = JSON.stringify(job).matchAll(/secrets\.(\w+)/g)
  return (
    canWrite ||
    at(job, 'environment') !== undefined ||
    at(job, 'secrets') !== undefined ||
    [...secrets].some(([, name]) => name !== 'GITHUB_TOKEN')
  )
}
