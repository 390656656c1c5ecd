import { passwordVariable } from '../../functions/migrate/role-names.ts'
import { log } from '../cli/cli.ts'
import { UsageError } from '../cli/options.ts'
import { get, kubectl } from '../cluster/kubectl.ts'
import { findServer, psql } from '../cluster/psql.ts'
import { at, list } from '../manifests/json.ts'
import { deployCommand, requireCluster, type Target } from '../release/target.ts'
import { dropStatements } from './drop-schema.ts'

/**
 * Removes what a rollout leaves of a function that is gone from the checkout: its Service, its Secret, its password, and
 * its schema and role with all rows. Safe to run again.
 */
export async function removeFromCluster(name: string, { environment, namespace }: Target): Promise<void> {
  await requireCluster(environment)
  const ingress = await get`ingresses.networking.internal.knative.dev api --namespace ${namespace}`
  const paths = list(ingress, 'spec', 'rules').flatMap(rule => list(rule, 'http', 'paths'))
  // The host serves nothing at all while it refers to a Service that does not exist.
  if (paths.some(path => list(path, 'splits').some(split => at(split, 'serviceName') === name)))
    throw new UsageError(`the host still leads to ${name}: run \`${deployCommand(environment)}\` first.`)
  const objects = [`services.serving.knative.dev/${name}`, `secret/${name}`]
  await kubectl`delete ${objects} --namespace ${namespace} --ignore-not-found`
  const withoutPassword = JSON.stringify({ data: { [passwordVariable(name)]: null } })
  await kubectl`patch secret migrate --namespace ${namespace} --type merge --patch ${withoutPassword}`
  log(`the Service, the Secret ${name} and its password in the Secret migrate are gone`)
  if ((await findServer(namespace)) === undefined)
    return console.log(`\nPostgres is not in ${namespace}. As its owner:\n${dropStatements(name)}`)
  await psql(namespace, dropStatements(name))
  log(`the schema ${name} and the role iod_${name} are gone`)
}
