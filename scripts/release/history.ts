// The revisions of one function or of all, newest first: make history [FUNCTION=posts]
import * as v from 'valibot'
import { runCli } from '../cli/cli.ts'
import { alignColumns } from '../cli/columns.ts'
import type { Options } from '../cli/options.ts'
import { getItems } from '../cluster/kubectl.ts'
import { readService } from './revisions.ts'
import { clusterOptions, deployedNames, FUNCTION, requireCluster, targetOf } from './target.ts'

const optionSchemas = { ...clusterOptions, FUNCTION: v.optional(FUNCTION) }

async function history({ ENVIRONMENT, FUNCTION: only }: Options<typeof optionSchemas>): Promise<void> {
  const { namespace } = targetOf(ENVIRONMENT)
  await requireCluster(ENVIRONMENT)
  const names =
    only === undefined
      ? deployedNames(await getItems`services.serving.knative.dev --namespace ${namespace}`)
      : [only]
  const services = await Promise.all(names.map(name => readService(name, namespace)))
  const rows = services.flatMap(({ revisions, traffic }) =>
    revisions.map(({ name, createdAt, isReady, image, rejectedBecause = '' }) => {
      const percent = traffic.find(share => share.revision === name)?.percent
      const time = createdAt.replace('T', ' ').replace('Z', '')
      return [
        name,
        time,
        percent === undefined ? '' : `${percent} %`,
        isReady ? 'yes' : 'no',
        image,
        rejectedBecause,
      ]
    }),
  )
  const headings = ['REVISION', 'CREATED, UTC', 'TRAFFIC', 'READY', 'IMAGE', 'NOTE']
  for (const row of alignColumns([headings, ...rows])) console.log(row.join('  ').trimEnd())
}

await runCli(optionSchemas, history)
