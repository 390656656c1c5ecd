// `make test-performance`: measures, prints the goals, and writes perf/report.html and perf/report.json.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeBaselines } from './baselines.ts'
import { type Bench, type Build, Missing, type Part } from './bench.ts'
import { describeCommit, describeMachine, leaveServerCore } from './machine.ts'
import { concurrency } from './parts/concurrency.ts'
import { growth } from './parts/growth.ts'
import { https } from './parts/https.ts'
import { mixed } from './parts/mixed.ts'
import { settings } from './parts/settings.ts'
import { size } from './parts/size.ts'
import { start } from './parts/start.ts'
import { wake } from './parts/wake.ts'
import { warm } from './parts/warm.ts'
import { createProgress } from './progress.ts'
import type { Report, Section } from './report/model.ts'
import { renderPage } from './report/page.ts'
import { renderText } from './report/text.ts'
import { startServices } from './services.ts'

const root = join(import.meta.dirname, '..', '..')
const parts: readonly Part[] = [start, wake, warm, concurrency, https, mixed, growth, size, settings]

/** Arguments: ONLY=start,warm to run some parts; each other one is NAME=FOLDER, a further build to compare with. */
function readArguments(words: readonly string[]) {
  const pairs = words.map(word => word.split('=')).map(([key = '', value = '']) => ({ key, value }))
  const only =
    pairs
      .find(({ key }) => key === 'ONLY')
      ?.value.split(',')
      .filter(Boolean) ?? []
  const unknown = only.filter(name => !parts.some(part => part.name === name))
  if (unknown.length > 0) {
    throw new Error(
      `no part is called ${unknown.join(', ')}: ONLY takes ${parts.map(part => part.name).join(', ')}`,
    )
  }
  const others = pairs
    .filter(({ key }) => key !== 'ONLY')
    .map(({ key, value }) => ({ name: key, folder: value }))
  return {
    chosen: parts.filter(part => (only.length === 0 ? part !== settings : only.includes(part.name))),
    others,
  }
}

async function main(): Promise<void> {
  const { chosen, others } = readArguments(process.argv.slice(2))
  const machine = describeMachine()
  const builds: readonly Build[] = [{ name: 'this tree', folder: join(root, 'dist') }, ...others]
  leaveServerCore()
  await using services = await startServices()
  const baselines = await writeBaselines(services.folder)
  await services.createDatabase('performance')
  const progress = createProgress()
  const bench: Bench = { builds, baselines, services, database: 'performance', onProgress: progress.done }
  const sections: Section[] = []
  const missing: Report['missing'][number][] = []
  for (const part of chosen) {
    progress.begin(part.name, part.expectedSeconds)
    try {
      sections.push(await part.run(bench))
    } catch (error) {
      // The other parts took minutes: what they measured is written all the same.
      if (!(error instanceof Missing)) process.exitCode = 1
      missing.push({ part: part.name, why: error instanceof Error ? error.message : String(error) })
    } finally {
      progress.end()
    }
  }
  const report: Report = {
    takenAt: new Date().toISOString(),
    commit: describeCommit(root),
    machine,
    sections,
    missing,
  }
  const folder = join(root, 'perf')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report))
  writeFileSync(join(folder, 'report.html'), renderPage(report))
  console.log(renderText(report))
  console.log('\nperf/report.html has the plots, perf/report.json every sample.')
}

await main()
