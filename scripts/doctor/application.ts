import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { get, kubectl, root } from '../cluster/command.ts'
import { at, list, text } from '../manifests/json.ts'
import { isThere } from '../release/images.ts'
import { functions } from '../release/overlay.ts'
import { missingSecrets, secretsReferredTo, secretsToMake } from '../release/secrets.ts'
import { deployCommand, type Target } from '../release/target.ts'
import { type Finding, finding, right, wrong } from './finding.ts'
import { isTrue, reasonOf } from './platform.ts'

export async function checkSecrets({ objects, namespace, environment }: Target): Promise<readonly Finding[]> {
  const missing = await missingSecrets(objects, namespace)
  const isMade = environment.startsWith('phase') && secretsToMake(secretsReferredTo(objects), missing)
  const remedy =
    environment === 'kind' || isMade
      ? `${deployCommand(environment)} makes them`
      : 'make them; the kustomization.yaml of the base and of each component says what each one holds'
  return [finding('secrets', missing.length === 0, `${missing.join(', ')} missing in ${namespace}`, remedy)]
}

export async function checkFunctions({ namespace, environment }: Target): Promise<readonly Finding[]> {
  const services = list(await get('services.serving.knative.dev', '--namespace', namespace), 'items')
  return functions.map(name => {
    const service = services.find(one => text(one, 'metadata', 'name') === name)
    if (service === undefined)
      return wrong(`function ${name}`, `is not deployed in ${namespace}`, deployCommand(environment))
    const remedy = `kn revision list -s ${name} -n ${namespace}; make rollback FUNCTION=${name} gives the one before all requests`
    return finding(`function ${name}`, isTrue(service, 'Ready'), reasonOf(service, 'Ready'), remedy)
  })
}

/** The images that the revisions with requests run, where the cluster looks for them at the next wake. */
export async function checkImages({ namespace, environment }: Target): Promise<readonly Finding[]> {
  const revisions = list(await get('revisions', '--namespace', namespace), 'items')
  const routed = revisions.filter(
    one => text(one, 'metadata', 'labels', 'serving.knative.dev/routingState') === 'active',
  )
  const images = [...new Set(routed.flatMap(one => text(one, 'spec', 'containers', 0, 'image') ?? []))]
  return Promise.all(
    images.map(async image =>
      finding(
        `image ${image}`,
        await isThere(image),
        'is not where the cluster looks for it',
        deployCommand(environment),
      ),
    ),
  )
}

/** All that runs beside the functions: data, PgBouncer, monitoring. Knative's own Deployments are the revisions' pods. */
export async function checkData(namespace: string): Promise<readonly Finding[]> {
  const isRevision = '!serving.knative.dev/revision'
  const found = await get('statefulsets,deployments', '--namespace', namespace, '--selector', isRevision)
  return list(found, 'items').map(one => {
    const name = text(one, 'metadata', 'name') ?? ''
    const ready = Number(at(one, 'status', 'readyReplicas') ?? 0)
    const resource = `${text(one, 'kind')?.toLowerCase()}/${name}`
    return finding(
      name,
      ready > 0,
      'no pod is ready',
      `kubectl -n ${namespace} get pods; kubectl -n ${namespace} describe ${resource}; kubectl -n ${namespace} logs ${resource}`,
    )
  })
}

/** By psql in Postgres' own pod; a provider's database is asked by the check that a rollout makes. */
export async function checkMigrations({ namespace, environment }: Target): Promise<readonly Finding[]> {
  if ((await get('statefulset', 'postgres', '--namespace', namespace)) === undefined)
    return [right('migrations: asked when a rollout begins, since Postgres is elsewhere')]
  const files = readdirSync(join(root, 'functions/shared/postgres/migrations')).filter(name =>
    name.endsWith('.sql'),
  )
  const psql =
    'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") exec psql -h 127.0.0.1 -U postgres -d iod -qAt -c "select name from public.migrations"'
  const written = await kubectl([
    'exec',
    '--namespace',
    namespace,
    'postgres-0',
    '--',
    'sh',
    '-c',
    psql,
  ]).catch(error => error)
  if (written instanceof Error)
    return [
      wrong(
        'migrations',
        written.message,
        `see whether Postgres is up; ${deployCommand(environment)} migrates`,
      ),
    ]
  const applied = String(written).split('\n')
  const pending = files.filter(name => !applied.includes(name)).sort()
  return [
    finding(
      'migrations',
      pending.length === 0,
      `not applied: ${pending.join(', ')}`,
      deployCommand(environment),
    ),
  ]
}
