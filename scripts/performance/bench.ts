import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Baselines } from './baselines.ts'
import type { Section } from './report/model.ts'
import type { Environment } from './server.ts'
import type { Services } from './services.ts'

/** A `dist` folder: of this tree, or of the commit that it is compared with. */
export interface Build {
  readonly name: string
  readonly folder: string
}

export const functionNames = ['auth', 'profile', 'posts'] as const
export type FunctionName = (typeof functionNames)[number]

/** What the parts share: built bundles, running services, and where to tell how far they are. */
export interface Bench {
  readonly builds: readonly Build[]
  readonly baselines: Baselines
  readonly services: Services
  readonly database: string
  onProgress(share: number): void
}

export interface Part {
  readonly name: string
  readonly expectedSeconds: number
  run(bench: Bench): Promise<Section>
}

/** Thrown by a part that lacks something; the report says what. */
export class Missing extends Error {
  override readonly name = 'Missing'
}

export const bundleOf = (build: Build, name: FunctionName) => join(build.folder, name, 'main.cjs')

/** What the image starts; commits before the code cache have only the bundle. */
export function programOf(build: Build, name: FunctionName): string {
  const cached = join(build.folder, name, 'cached.cjs')
  return existsSync(cached) ? cached : bundleOf(build, name)
}

/** The functions that every build has. */
export const functionsOf = (builds: readonly Build[]): readonly FunctionName[] =>
  functionNames.filter(name => builds.every(build => existsSync(bundleOf(build, name))))

export const environmentOf = ({ services, database }: Bench, name: FunctionName): Environment =>
  services.environment(name, database)

/** `posts`, or `posts (main)` where two builds are compared. */
export const labelOf = (bench: Bench, build: Build, name: string) =>
  bench.builds.length === 1 ? name : `${name} (${build.name})`
