import { execute, isInstalled } from '../cluster/command.ts'

/** Writes what derives from the registry, as `make openapi schema render` do. Returns whether all of it was written. */
export async function writeDerivedFiles(log: (text: string) => void): Promise<boolean> {
  for (const script of ['openapi/openapi.ts', 'client/generate.ts', 'documents/write-tables.ts'])
    await execute(process.execPath, [`scripts/${script}`])
  log('docs/openapi.json, the client and the tables of README.md are written')
  await execute('vitest', ['run', '--config', 'scripts/vitest.config.ts', 'scripts/schema', '--update'])
  log('docs/schema.sql is written, from a migrated database')
  if (!isInstalled('kubectl')) return false
  await execute(process.execPath, ['scripts/manifests/render.ts'])
  log('the manifests are rendered')
  return true
}

export const withoutKubectl =
  'kubectl is not installed, so knative/ is not rendered: run `make render` where it is. `make test` says so until then.'
