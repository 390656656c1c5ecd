// The revisions of one function or of all, newest first: make history [FUNCTION=posts]
import { functions } from './overlay.ts'
import { given, program } from './program.ts'
import { readService } from './service.ts'
import { chosenFunction, chosenTarget, requireCluster } from './target.ts'

async function history(): Promise<void> {
  const { namespace } = chosenTarget()
  const chosen = given('FUNCTION') === undefined ? functions : [chosenFunction()]
  await requireCluster()
  const rows = [['REVISION', 'CREATED, UTC', 'TRAFFIC', 'READY', 'IMAGE', 'NOTE']]
  for (const name of chosen) {
    const service = await readService(name, namespace)
    for (const revision of service.revisions) {
      const share = service.traffic.find(traffic => traffic.revision === revision.name)
      rows.push([
        revision.name,
        revision.createdAt.replace('T', ' ').replace('Z', ''),
        share === undefined ? '' : `${share.percent} %`,
        revision.isReady ? 'yes' : 'no',
        revision.image,
        revision.refusedBecause ?? '',
      ])
    }
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? []
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

await program(history, '')
