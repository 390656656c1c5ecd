// `make test-performance`: measures, prints goals and tables, and writes perf/report.html and perf/report.json.
//   ONLY=start,warm   some parts; the other options are in options.ts
//   NAME=FOLDER       as an argument: a further build to compare with, as `make compare` gives it
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCli } from '../cli/cli.ts'
import { UsageError } from '../cli/options.ts'
import { createProgress } from '../cli/progress.ts'
import { root } from '../cluster/command.ts'
import { writeBaselines } from './baselines.ts'
import { type Build, type Part, UnavailableError } from './benchmark.ts'
import { describeCommit, describeMachine, leaveServerCore } from './machine.ts'
import { optionSchemas, type PerformanceOptions } from './options.ts'
import { concurrency } from './parts/concurrency.ts'
import { cpu } from './parts/cpu.ts'
import { growth } from './parts/growth.ts'
import { https } from './parts/https.ts'
import { journey } from './parts/journey.ts'
import { signIns } from './parts/sign-ins.ts'
import { size } from './parts/size.ts'
import { start } from './parts/start.ts'
import { traces } from './parts/traces.ts'
import { wake } from './parts/wake.ts'
import { warm } from './parts/warm.ts'
import { functionsOf, prepareBuild } from './prepare-build.ts'
import { isReached, type Report } from './report/model.ts'
import { renderPage, renderText } from './report/page.ts'
import { startServices } from './services.ts'

const parts: readonly Part[] = [
  start,
  wake,
  journey,
  warm,
  cpu,
  traces,
  concurrency,
  https,
  signIns,
  growth,
  size,
]

function chooseParts(names: string | undefined): readonly Part[] {
  const only = names?.split(',').filter(Boolean) ?? []
  const unknown = only.filter(name => !parts.some(part => part.name === name))
  if (unknown.length > 0)
    throw new UsageError(
      `there is no part ${unknown.join(', ')}: ONLY takes ${parts.map(({ name }) => name).join(', ')}.`,
    )
  return parts.filter(({ name }) => only.length === 0 || only.includes(name))
}

/** Measures the parts of ONLY, each as well in the builds that the words name. */
async function measure(options: PerformanceOptions, words: readonly string[]): Promise<void> {
  const chosen = chooseParts(options.ONLY)
  const others = words.map(word => word.split('=', 2)).map(([name = '', value = '']) => ({ name, value }))
  // Now, since the tree may change in the minutes that follow.
  const [machine, commit] = [describeMachine(), describeCommit(root)]
  leaveServerCore()
  await using services = await startServices()
  const baselines = await writeBaselines(services.folder)
  const preparation = createProgress('preparation', 10 * (1 + others.length))
  const builds: [Build, ...Build[]] = [await prepareBuild(services, 'this tree', join(root, 'dist'))]
  for (const { name, value } of others) builds.push(await prepareBuild(services, name, value))
  preparation.end()
  const functionNames = functionsOf(builds[0]).filter(name =>
    builds.every(build => functionsOf(build).includes(name)),
  )

  const sections: Report['sections'][number][] = []
  const missing: Report['missing'][number][] = []
  for (const part of chosen) {
    const progress = createProgress(part.name.padEnd(14), part.expectedSeconds(options))
    const benchmark = { builds, functionNames, baselines, services, options, onProgress: progress.update }
    try {
      sections.push({ part: part.name, ...(await part.run(benchmark)) })
    } catch (error) {
      // The other parts took minutes, so the report is still written.
      if (!(error instanceof UnavailableError)) process.exitCode = 1
      missing.push({ part: part.name, why: error instanceof Error ? error.message : String(error) })
    } finally {
      progress.end()
    }
  }
  const isMissed = sections.flatMap(({ goals }) => goals).some(goal => goal.isRequired && !isReached(goal))
  if (isMissed) process.exitCode = 1
  const takenAt = new Date().toISOString()
  const report: Report = { takenAt, commit, machine, sections, missing }
  const folder = join(root, 'perf')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'report.json'),
    JSON.stringify(report, (key, value) => (key === 'figures' ? undefined : value)),
  )
  writeFileSync(join(folder, 'report.html'), renderPage(report))
  console.log(renderText(report))
  console.log('\nperf/report.html has the plots, perf/report.json every sample.')
}

await runCli(optionSchemas, measure)
