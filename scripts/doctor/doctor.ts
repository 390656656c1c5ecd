// make doctor: checks everything that a working installation needs, and names a remedy for each fault.
import { styleText } from 'node:util'
import { runCli } from '../cli.ts'
import { kubectl } from '../cluster/kubectl.ts'
import { readTarget } from '../release/target.ts'
import { checkData, checkFunctions, checkImages, checkMigrations, checkSecrets } from './application.ts'
import { type Finding, right, wrong } from './finding.ts'
import { checkHost } from './host.ts'
import { checkKnative, checkNodes } from './platform.ts'
import { checkTools } from './tools.ts'

function show({ what, fault, remedy }: Finding): void {
  if (fault === undefined) console.log(`${styleText('green', 'ok   ')} ${what}`)
  else console.log(`${styleText('red', 'wrong')} ${what}: ${fault}\n      → ${remedy}`)
}

/** Prints the findings of a check and returns how many are faults. A check that fails is a fault itself. */
async function runCheck(what: string, check: () => Promise<readonly Finding[]>): Promise<number> {
  const findings = await check().catch(error => [
    wrong(what, error instanceof Error ? error.message : String(error), 'correct what is named above first'),
  ])
  for (const one of findings) show(one)
  return findings.filter(one => one.fault !== undefined).length
}

async function checkApi(): Promise<readonly Finding[]> {
  const remedy = 'name a cluster by KUBECONFIG, or create a local one: make up'
  const isUp = await kubectl`version --output=json`.then(Boolean, () => false)
  return isUp ? [right('cluster responds')] : [wrong('cluster', 'does not respond', remedy)]
}

async function doctor(): Promise<void> {
  const target = readTarget()
  const { namespace, environment } = target
  console.log(`environment ${environment}, namespace ${namespace}`)
  let faults = await runCheck('tools', checkTools)
  const isUnreachable = (await runCheck('cluster', checkApi)) > 0
  if (isUnreachable) {
    faults += 1
    console.log('      the other checks need a cluster')
  } else {
    faults += await runCheck('nodes', checkNodes)
    faults += await runCheck('Knative', checkKnative)
    faults += await runCheck('secrets', () => checkSecrets(target))
    faults += await runCheck('data', () => checkData(namespace))
    faults += await runCheck('migrations', () => checkMigrations(target))
    faults += await runCheck('functions', () => checkFunctions(target))
    faults += await runCheck('images', () => checkImages(target))
    faults += await runCheck('host', () => checkHost(target))
  }
  console.log(faults === 0 ? '\nNothing is wrong.' : `\n${faults} wrong.`)
  if (faults > 0) process.exit(1)
}

await runCli(doctor)
