// Gives an earlier revision all requests again, without building anything: make rollback FUNCTION=posts [REVISION=…]
import { kn } from '../cluster/command.ts'
import { isSideLoaded, requireImages } from './images.ts'
import { given, program, say, sayPlan } from './program.ts'
import { describeTraffic, readService } from './service.ts'
import { chosenFunction, chosenTarget } from './target.ts'
import { rollbackTo } from './traffic.ts'

async function rollback(): Promise<void> {
  const { namespace } = chosenTarget()
  const name = chosenFunction()
  const service = await readService(name, namespace)
  const { name: revision, image } = rollbackTo(service, given('REVISION'))
  // Knative keeps a registry's image by its digest; one that was put into the nodes may have been removed there.
  if (isSideLoaded(image)) await requireImages([image])
  sayPlan(`Roll ${name} in ${namespace} back:`, [
    `all requests to ${revision} (${image}); now: ${describeTraffic(service.traffic)}`,
  ])
  await kn([
    'service',
    'update',
    name,
    '--namespace',
    namespace,
    '--traffic',
    `${revision}=100`,
    '--wait-timeout',
    '60',
  ])
  say(`${revision} gets all requests. A deployment or make promote moves them on again.`)
}

await program(rollback, 'Run it again, or look: make history.')
