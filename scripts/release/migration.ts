import { get, kubectl, kubectlSlowly } from '../cluster/command.ts'
import { at, isRecord, type Json, list, text } from '../manifests/json.ts'
import { podSpec } from '../manifests/rules.ts'
import { Refusal } from './program.ts'

/** The environment's migration Job with another image, under another name and with other arguments. */
function jobLike(
  objects: readonly Json[],
  namespace: string,
  name: string,
  image: string,
  args: string[],
): Json {
  const job = structuredClone(objects.find(object => text(object, 'kind') === 'Job'))
  const metadata = at(job, 'metadata')
  const pod = job === undefined ? undefined : podSpec(job)
  const container = list(pod, 'containers')[0]
  if (job === undefined || !isRecord(metadata) || !isRecord(container))
    throw new Error('there is no Job to go by')
  Object.assign(metadata, { name, namespace })
  Object.assign(container, { image, ...(args.length > 0 && { args }) })
  return job
}

/** Runs the Job anew; its last line when it failed, undefined when it succeeded. */
async function runJob(job: Json, namespace: string): Promise<string | undefined> {
  const name = text(job, 'metadata', 'name') ?? ''
  await kubectlSlowly(['delete', 'job', name, '--namespace', namespace, '--ignore-not-found', '--wait'])
  await kubectl(['apply', '--filename', '-'], { input: JSON.stringify(job) })
  for (;;) {
    await kubectlSlowly([
      ...['wait', `job/${name}`, '--namespace', namespace],
      ...['--for=jsonpath={.status.conditions[0].type}', '--timeout=330s'],
    ])
    const conditions = list(await get('job', name, '--namespace', namespace), 'status', 'conditions')
    const isTrue = (type: string) =>
      conditions.some(condition => text(condition, 'type') === type && text(condition, 'status') === 'True')
    if (isTrue('Complete')) return undefined
    if (isTrue('Failed')) {
      const written = await kubectl([
        'logs',
        '--namespace',
        namespace,
        '--selector',
        `job-name=${name}`,
        '--tail=1',
      ])
      return /"detail":"([^"]+)"/.exec(written)?.[1] ?? (written.trim() || 'it wrote nothing')
    }
  }
}

/** Applies what the migrations in the image have and the database lacks. Does nothing when the same image already did. */
export async function migrate(objects: readonly Json[], namespace: string, image: string): Promise<void> {
  const before = await get('job', 'migrate', '--namespace', namespace)
  const isDone = at(before, 'status', 'succeeded') === 1
  if (isDone && before !== undefined && text(podSpec(before), 'containers', 0, 'image') === image) return
  const fault = await runJob(jobLike(objects, namespace, 'migrate', image, []), namespace)
  if (fault !== undefined) throw new Error(`the migration failed: ${fault}`)
}

/** Asks the database, with the migrations in the image, whether it has them all. Changes nothing in it. */
export async function requireCurrentSchema(
  objects: readonly Json[],
  namespace: string,
  image: string,
): Promise<void> {
  const job = jobLike(objects, namespace, 'schema-check', image, ['main.cjs', '--check'])
  const spec = at(job, 'spec')
  if (isRecord(spec))
    Object.assign(spec, { backoffLimit: 0, activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 60 })
  const fault = await runJob(job, namespace)
  if (fault === undefined) return
  throw new Refusal(
    `the database is not what ${image} was made for: ${fault}\nMigrate it first: make deploy does.`,
  )
}
