// The revisions of one function or of all, newest first: make history [FUNCTION=posts]
import * as v from 'valibot'
import { runCli } from '../cli/cli.ts'
import type { Options } from '../cli/options.ts'
import { getItems } from '../cluster/kubectl.ts'
import { readService } from './revisions.ts'
import { clusterOptions, deployedNames, FUNCTION, requireCluster, targetOf } from './target.ts'

const optionSchemas = { ...clusterOptions, FUNCTION: v.optional(FUNCTION) }

async function history({ ENVIRONMENT, FUNCTION: only }: Options<typeof optionSchemas>): Promise<void> {
  const { namespace } = targetOf(ENVIRONMENT)
  await requireCluster()
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
  for (const line of formatTable([
    ['REVISION', 'CREATED, UTC', 'TRAFFIC', 'READY', 'IMAGE', 'NOTE'],
    ...rows,
  ]))
    console.log(line)
}

function formatTable(rows: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number) => Math.max(...rows.map(row => row[column]?.length ?? 0))
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  )
}

await runCli(optionSchemas, history)
