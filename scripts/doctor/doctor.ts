// make doctor: checks everything that a working installation needs, and names a remedy for each fault.

import { styleText } from 'node:util'
import { runCli } from '../cli/cli.ts'
import type { Options } from '../cli/options.ts'
import { kubectl } from '../cluster/kubectl.ts'
import { clusterOptions, targetOf } from '../release/target.ts'
import { checkData, checkFunctions, checkImages, checkMigrations, checkSecrets } from './application.ts'
import { checkBackups } from './backups.ts'
import { type Finding, finding } from './finding.ts'
import { checkHost } from './host.ts'
import { checkFastStart, checkKnative, checkNodes } from './platform.ts'
import { checkTools } from './tools.ts'

async function checkApi(): Promise<readonly Finding[]> {
  const remedy = 'name a cluster by KUBECONFIG, or create a local one: make up'
  const isUp = await kubectl`version --output=json`.then(Boolean, () => false)
  return [finding('cluster', !isUp && 'does not respond', remedy)]
}

type Check = readonly [what: string, check: () => Promise<readonly Finding[]>]

/** Prints the findings and returns the number of faults. A check that fails is a fault itself. */
async function runChecks(checks: readonly Check[]): Promise<number> {
  let faults = 0
  for (const [name, check] of checks) {
    const findings = await check().catch(error => [
      finding(
        name,
        error instanceof Error ? error.message : String(error),
        'correct what is named above first',
      ),
    ])
    for (const { what, fault, remedy, note } of findings) {
      if (note !== undefined)
        console.log(`${styleText('yellow', 'note ')} ${what}: ${note}\n      → ${remedy}`)
      else if (fault === undefined) console.log(`${styleText('green', 'ok   ')} ${what}`)
      else console.log(`${styleText('red', 'wrong')} ${what}: ${fault}\n      → ${remedy}`)
    }
    faults += findings.filter(one => one.fault !== undefined).length
  }
  return faults
}

async function doctor({ ENVIRONMENT }: Options<typeof clusterOptions>): Promise<void> {
  const target = targetOf(ENVIRONMENT)
  const { namespace, environment } = target
  console.log(`environment ${environment}, namespace ${namespace}`)
  const toolFaults = await runChecks([['tools', () => checkTools(environment)]])
  const apiFaults = await runChecks([['cluster', checkApi]])
  if (apiFaults > 0) console.log('      the other checks need a cluster')
  const others: readonly Check[] = [
    ['nodes', checkNodes],
    ['Knative', checkKnative],
    ['fast start', checkFastStart],
    ['secrets', () => checkSecrets(target)],
    ['data', () => checkData(namespace)],
    ['backups', () => checkBackups(namespace)],
    ['migrations', () => checkMigrations(target)],
    ['functions', () => checkFunctions(target)],
    ['images', () => checkImages(target)],
    ['host', () => checkHost(target)],
  ]
  const faults = toolFaults + apiFaults + (apiFaults > 0 ? 0 : await runChecks(others))
  console.log(faults === 0 ? '\nNothing is wrong.' : `\n${faults} wrong.`)
  if (faults > 0) process.exit(1)
}

await runCli(clusterOptions, doctor)
