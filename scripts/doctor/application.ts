import { join } from 'node:path'
import { readMigrations } from '../../functions/migrate/migrations.ts'
import { root } from '../cluster/command.ts'
import { getItems, kindOf, nameOf } from '../cluster/kubectl.ts'
import { findServer, psql } from '../cluster/psql.ts'
import { at, text } from '../manifests/json.ts'
import { secretsReferredTo } from '../manifests/secret-references.ts'
import { isAvailable } from '../release/images.ts'
import { canMakeSecrets, missingSecrets } from '../release/secrets.ts'
import { deployCommand, deployedNames, isPhase, type Target } from '../release/target.ts'
import { conditionFault, type Finding, finding } from './finding.ts'

export async function checkSecrets(target: Target): Promise<readonly Finding[]> {
  const { objects, namespace, environment } = target
  const missing = await missingSecrets(target)
  const isCreated =
    environment === 'kind' || (isPhase(environment) && canMakeSecrets(secretsReferredTo(objects), missing))
  const remedy = isCreated
    ? `${deployCommand(environment)} creates them`
    : 'create them: docs/operations.md has the commands, the kustomization.yaml of the base and of each component their content'
  return [finding('secrets', missing.length > 0 && `${missing.join(', ')} missing in ${namespace}`, remedy)]
}

export async function checkFunctions({ namespace, environment }: Target): Promise<readonly Finding[]> {
  const services = await getItems`services.serving.knative.dev --namespace ${namespace}`
  return deployedNames(services).map(name => {
    const service = services.find(one => nameOf(one) === name)
    const rollback = `make history FUNCTION=${name}; make rollback FUNCTION=${name} gives the previous revision all requests`
    const remedy = service === undefined ? deployCommand(environment) : rollback
    return finding(`function ${name}`, conditionFault(service, 'Ready'), remedy)
  })
}

/** Checks that the next wake finds the images of the revisions that receive requests. */
export async function checkImages({ namespace, environment }: Target): Promise<readonly Finding[]> {
  const isRouted = 'serving.knative.dev/routingState=active'
  const revisions = await getItems`revisions --namespace ${namespace} --selector ${isRouted}`
  const images = new Set(revisions.flatMap(one => text(one, 'spec', 'containers', 0, 'image') ?? []))
  return Promise.all(
    [...images].map(async image => {
      const isMissing = !(await isAvailable(image))
      return finding(
        `image ${image}`,
        isMissing && 'is not where the cluster looks',
        deployCommand(environment),
      )
    }),
  )
}

/** Checks what runs next to the functions: data, PgBouncer, monitoring. Deployments of revisions belong to Knative. */
export async function checkData(namespace: string): Promise<readonly Finding[]> {
  const selector = '!serving.knative.dev/revision'
  const found = await getItems`statefulsets,deployments --namespace ${namespace} --selector ${selector}`
  return found.map(one => {
    const resource = `${kindOf(one).toLowerCase()}/${nameOf(one)}`
    const isReady = Number(at(one, 'status', 'readyReplicas') ?? 0) > 0
    const commands = ['get pods', `describe ${resource}`, `logs ${resource}`]
    const remedy = commands.map(command => `kubectl -n ${namespace} ${command}`).join('; ')
    return finding(nameOf(one), !isReady && 'no pod is ready', remedy)
  })
}

/** Reads our own Postgres; the rollout checks the schema of a provider's. */
export async function checkMigrations({ namespace, environment }: Target): Promise<readonly Finding[]> {
  if ((await findServer(namespace)) === undefined)
    return [finding('migrations: checked when a rollout begins, since Postgres is elsewhere', undefined)]
  const applied = (await psql(namespace, 'select name from public.migrations')).split('\n')
  const pending = readMigrations(join(root, 'functions'))
    .map(({ name }) => name)
    .filter(name => !applied.includes(name))
  const fault = pending.length > 0 && `not applied: ${pending.join(', ')}`
  return [finding('migrations', fault, deployCommand(environment))]
}
