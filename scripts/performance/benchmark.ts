import { join } from 'node:path'
import type { FunctionName } from '../../functions/registry.ts'
import type { Baselines } from './baselines.ts'
import type { PerformanceOptions } from './options.ts'
import type { Section } from './report/model.ts'
import { type Server, startServer } from './server.ts'
import type { Database, Services } from './services.ts'

/** An account and its posts, created through the API. */
export interface Fixture {
  readonly username: string
  readonly credentials: { readonly email: string; readonly password: string }
  readonly authorization: string
  readonly slugs: readonly string[]
  /** Of accounts that write at the same time. */
  readonly authors: readonly string[]
}

/** A `dist` folder that is measured, of this tree or of the commit that it is compared with, and its own database. */
export interface Build {
  readonly name: string
  readonly folder: string
  readonly environmentOf: Database['environmentOf']
  readonly fixture: Fixture
}

/** What all parts of a run share. */
export interface Benchmark {
  /** The first one is this tree. */
  readonly builds: readonly [Build, ...Build[]]
  /** The functions that every build has. */
  readonly functionNames: readonly FunctionName[]
  readonly baselines: Baselines
  readonly services: Services
  readonly options: PerformanceOptions
  /** Reports the share of the part that is done, from 0 to 1. */
  onProgress(share: number): void
}

export interface Part {
  readonly name: string
  expectedSeconds(options: PerformanceOptions): number
  run(benchmark: Benchmark): Promise<Section>
}

/** A part cannot run on this machine; the report shows the message. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError'
}

export const bundleOf = ({ folder }: Pick<Build, 'folder'>, name: FunctionName) =>
  join(folder, name, 'main.cjs')

/** Starts a function as its image does. */
export const startFunction = (
  { folder, environmentOf }: Pick<Build, 'folder' | 'environmentOf'>,
  name: FunctionName,
  environment: Readonly<Record<string, string>> = {},
  nodeArguments: readonly string[] = [],
): Promise<Server> =>
  startServer(join(folder, name, 'cached.cjs'), { ...environmentOf(name), ...environment }, nodeArguments)

/** Each function of each build. Names tell the build only when there are several. */
export const entriesOf = ({ builds, functionNames }: Benchmark) =>
  functionNames.flatMap(name => builds.map(build => ({ label: labelOf(builds, build, name), name, build })))

export const labelOf = (builds: readonly Build[], build: Build, name: string) =>
  builds.length === 1 ? name : `${name} (${build.name})`
