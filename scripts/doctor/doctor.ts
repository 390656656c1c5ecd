// make doctor: looks at everything that a working installation needs, and says for each thing that is wrong what to do.
import { styleText } from 'node:util'
import { kubectl } from '../cluster/command.ts'
import { program } from '../release/program.ts'
import { chosenTarget } from '../release/target.ts'
import { checkData, checkFunctions, checkImages, checkMigrations, checkSecrets } from './application.ts'
import { type Finding, right, wrong } from './finding.ts'
import { checkHost } from './host.ts'
import { checkKnative, checkNodes } from './platform.ts'
import { checkTools } from './tools.ts'

let faults = 0

function show({ what, fault, remedy }: Finding): void {
  if (fault === undefined) {
    console.log(`${styleText('green', 'ok   ')} ${what}`)
    return
  }
  faults += 1
  console.log(`${styleText('red', 'wrong')} ${what}: ${fault}\n      → ${remedy}`)
}

/** A check that could not be made is a finding of its own, and the next one still runs. */
async function look(what: string, check: () => Promise<readonly Finding[]>): Promise<void> {
  const findings = await check().catch(error => [
    wrong(
      what,
      error instanceof Error ? error.message : String(error),
      'put right what is named above first',
    ),
  ])
  for (const one of findings) show(one)
}

async function checkApi(): Promise<readonly Finding[]> {
  const remedy = 'name a cluster by KUBECONFIG, or make a local one: make up'
  const version = await kubectl(['version', '--output=json']).catch(error => error)
  return version instanceof Error ? [wrong('cluster', 'does not answer', remedy)] : [right('cluster answers')]
}

async function doctor(): Promise<void> {
  const target = chosenTarget()
  const { namespace, environment } = target
  console.log(`environment ${environment}, namespace ${namespace}`)
  await look('tools', checkTools)
  const before = faults
  await look('cluster', checkApi)
  if (faults > before) console.log('      the rest needs a cluster')
  else {
    await look('nodes', checkNodes)
    await look('Knative', checkKnative)
    await look('secrets', () => checkSecrets(target))
    await look('data', () => checkData(namespace))
    await look('migrations', () => checkMigrations(target))
    await look('functions', () => checkFunctions(target))
    await look('images', () => checkImages(target))
    await look('host', () => checkHost(target))
  }
  console.log(faults === 0 ? '\nNothing is wrong.' : `\n${faults} wrong.`)
  if (faults > 0) process.exit(1)
}

await program(doctor, '')
