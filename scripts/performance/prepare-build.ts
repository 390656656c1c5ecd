import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Variables } from '../../functions/environment-of.ts'
import { functionNames } from '../../functions/registry.ts'
import { type Build, bundleOf } from './benchmark.ts'
import { createFixture } from './fixture.ts'
import type { Services } from './services.ts'

export const functionsOf = (build: Pick<Build, 'folder'>) =>
  functionNames.filter(name => existsSync(bundleOf(build, name)))

/** Creates the database, the code caches and the account that the parts measure with. */
export async function prepareBuild(services: Services, name: string, folder: string): Promise<Build> {
  const { ownerUrl, environmentOf } = await services.createDatabase(
    name.replaceAll(/\W/g, '_').toLowerCase(),
    folder,
  )
  for (const owner of functionsOf({ folder })) writeCodeCache(folder, owner, environmentOf(owner))
  return {
    name,
    folder,
    environmentOf,
    fixture: await createFixture({ folder, environmentOf }, { ownerUrl, signToken: services.signToken }),
  }
}

/** As the image build does. */
function writeCodeCache(folder: string, name: string, env: Variables): void {
  const files = ['warm-up/main.mjs', `${name}/cached.cjs`, `warm-up/${name}.json`]
  execFileSync(
    process.execPath,
    files.map(file => join(folder, file)),
    { env, stdio: 'pipe' },
  )
}
