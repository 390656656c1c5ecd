// Gives an earlier revision all requests again, without a build: make rollback FUNCTION=posts [REVISION=…]
import { log, printPlan, runCli } from '../cli/cli.ts'
import { type Options, text } from '../cli/options.ts'
import { openApi } from '../cluster/tunnels.ts'
import { isSideLoaded, requireImages } from './images.ts'
import { describeTraffic, readService, setTraffic } from './revisions.ts'
import { clusterOptions, FUNCTION, requireCluster, targetOf } from './target.ts'
import { rollbackTo } from './traffic.ts'

const optionSchemas = { ...clusterOptions, FUNCTION, REVISION: text }

async function rollback(options: Options<typeof optionSchemas>): Promise<void> {
  await requireCluster(options.ENVIRONMENT)
  const { namespace } = targetOf(options.ENVIRONMENT)
  const name = options.FUNCTION
  const service = await readService(name, namespace)
  const { name: revision, image } = rollbackTo(service, options.REVISION)
  // Knative keeps the digest of a registry's image; a side-loaded one may have been removed from the nodes.
  if (isSideLoaded(image)) await requireImages([image])
  printPlan(`Roll ${name} in ${namespace} back:`, [
    `all requests to ${revision} (${image}); now: ${describeTraffic(service.traffic)}`,
  ])
  await setTraffic(await openApi(), service, [{ revision, percent: 100 }])
  log(`${revision} receives all requests. A deployment or make promote moves them to the newest again.`)
}

await runCli(optionSchemas, rollback, 'Run it again, or look: make history.')
