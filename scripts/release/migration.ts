import { randomBytes } from 'node:crypto'
import { UsageError } from '../cli/options.ts'
import { apply, get, isTrue, kindOf, kubectl, nameOf, reasonOf } from '../cluster/kubectl.ts'
import { type Api, untilObject } from '../cluster/tunnels.ts'
import { at, type Json, type JsonRecord, list, merged, text } from '../manifests/json.ts'
import { podSpec } from '../manifests/rules.ts'
import type { Target } from './target.ts'

type Objects = Pick<Target, 'objects' | 'namespace'>

/** The environment's migration Job under another name, and with other members of its container and of itself. */
function jobLike(
  { objects, namespace }: Objects,
  name: string,
  container: JsonRecord,
  spec: JsonRecord = {},
) {
  const job = objects.find(object => kindOf(object) === 'Job')
  if (job === undefined) throw new Error('the overlay has no Job')
  const [first] = list(podSpec(job), 'containers')
  const template = { spec: { containers: [merged(first, container)] } }
  return merged(job, { metadata: { name, namespace }, spec: { ...spec, template } })
}

/** The exit code of a migration that found a fault (functions/migrate/main.ts). */
const rejected = 1

const imageOf = (job: Json) => text(podSpec(job), 'containers', 0, 'image')

const isFinished = (job: Json) => isTrue(job, 'Complete') || isTrue(job, 'Failed')
const hasBegun = (job: Json) =>
  isFinished(job) || ['ready', 'failed'].some(count => Number(at(job, 'status', count) ?? 0) > 0)

/** Until its container runs, where the image has to be pulled and Postgres is started on the same node. */
const startMs = 330_000
/** More than the Job itself has (knative/base/migrate.yaml). */
const workMs = 6.5 * 3_600_000

/** Runs the Job from its beginning. Returns its last line when it failed, undefined when it succeeded. */
async function runJob(api: Api, job: Json, namespace: string): Promise<string | undefined> {
  await kubectl`delete job ${nameOf(job)} --namespace ${namespace} --ignore-not-found --wait`
  await apply([job])
  return faultOf(api, job, namespace)
}

/** Waits for the end of the Job. */
async function faultOf(api: Api, job: Json, namespace: string): Promise<string | undefined> {
  const name = nameOf(job)
  const until = (isDone: (object: Json) => boolean, timeoutMs: number) =>
    untilObject(api, `/apis/batch/v1/namespaces/${namespace}/jobs`, { name, isDone, timeoutMs })
  await until(hasBegun, startMs)
  const finished = await until(isFinished, workMs)
  if (imageOf(finished) !== imageOf(job))
    return `another deployment has replaced it, with ${imageOf(finished)}`
  if (isTrue(finished, 'Complete')) return undefined
  const written = await kubectl`logs --namespace ${namespace} --selector job-name=${name} --tail=1`
  return /"detail":"([^"]+)"/.exec(written)?.[1] ?? (written.trim() || reasonOf(finished, 'Failed'))
}

/**
 * Applies the image's migrations that the database lacks, and sets the passwords of the roles. A Job of the same image that
 * runs still, as after a stopped deployment, is waited for: what it has begun may take long. One that has ended says nothing
 * of the database, which may be another one by now.
 */
export async function migrate(api: Api, target: Objects, image: string): Promise<void> {
  const { namespace } = target
  const before = await get`job migrate --namespace ${namespace}`
  const isRunning = before !== undefined && imageOf(before) === image && !isFinished(before)
  const fault = isRunning
    ? await faultOf(api, before, namespace)
    : await runJob(api, jobLike(target, 'migrate', { image }), namespace)
  if (fault !== undefined) throw new Error(`the migration failed: ${fault}`)
}

/** Rejects a database that lacks a migration of the image. Changes nothing in it. */
export async function requireCurrentSchema(api: Api, target: Objects, image: string): Promise<void> {
  // Of its own name: two canaries at once would each take the other's verdict.
  const name = `schema-check-${randomBytes(3).toString('hex')}`
  const container = { image, args: ['main.cjs', '--check'] }
  const job = jobLike(target, name, container, {
    // A verdict counts at once; a container that a busy node could not start has none, and starts again.
    backoffLimit: 2,
    podFailurePolicy: {
      rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [rejected] } }],
    },
    activeDeadlineSeconds: 60,
    ttlSecondsAfterFinished: 60,
  })
  const fault = await runJob(api, job, target.namespace)
  if (fault === undefined) return
  throw new UsageError(
    `the schema of the database does not fit ${image}: ${fault}\nMigrate it first, as make deploy does.`,
  )
}
