import { get, getItems, nameOf } from '../cluster/kubectl.ts'
import { type Json, text } from '../manifests/json.ts'
import { conditionFault, type Finding, finding } from './finding.ts'

/** A day, and as long again for one that failed and was made later. */
const patienceMs = 48 * 3_600_000

/** Checks that archives and backups are made, where that is the cluster's to do. */
export async function checkBackups(namespace: string): Promise<readonly Finding[]> {
  const selector = 'app.kubernetes.io/component=backup'
  const jobs = await getItems`cronjobs --namespace ${namespace} --selector ${selector}`
  const ofJobs = jobs.map(job =>
    finding(
      `archive of ${nameOf(job)}`,
      Date.parse(lastSuccess(job)) < Date.now() - patienceMs && `none since ${lastSuccess(job)}`,
      `kubectl -n ${namespace} get jobs; kubectl -n ${namespace} logs --selector ${selector}`,
    ),
  )
  const hasInstances = (await get`service postgres-rw --namespace ${namespace}`) !== undefined
  return [...ofJobs, ...(hasInstances ? await checkInstances(namespace) : [])]
}

const lastSuccess = (job: Json) =>
  text(job, 'status', 'lastSuccessfulTime') ?? text(job, 'metadata', 'creationTimestamp') ?? ''

async function checkInstances(namespace: string): Promise<readonly Finding[]> {
  const cluster = await get`clusters.postgresql.cnpg.io postgres --namespace ${namespace}`
  const remedy = `kubectl -n ${namespace} describe clusters.postgresql.cnpg.io/postgres; kubectl -n ${namespace} get backups.postgresql.cnpg.io`
  const conditions = {
    'instances of Postgres': 'Ready',
    'write-ahead log in the bucket': 'ContinuousArchiving',
    'base backup': 'LastBackupSucceeded',
  }
  return Object.entries(conditions).map(([what, type]) =>
    finding(what, conditionFault(cluster, type), remedy),
  )
}
