import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { packageFolders, readPackage } from './notices.ts'

/**
 * Returns a CycloneDX 1.6 document of the packages in the bundles of an image: of what is in it, while a lock file lists
 * what is installed. It has neither a time nor a serial number, so that two builds of one commit write the same.
 */
export function sbomOf(name: string, metafiles: readonly Metafile[], root: string): string {
  const { version } = readPackage(root)
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name: `iod-${name}`, version, 'bom-ref': `iod-${name}` } },
    components: packageFolders(metafiles).map(folder => componentOf(readPackage(join(root, folder)))),
  }
  return `${JSON.stringify(document, null, 1)}\n`
}

/** https://cyclonedx.org/docs/1.6/json/#components */
function componentOf({ name, version, license }: ReturnType<typeof readPackage>) {
  // A scope's @ is encoded: https://github.com/package-url/purl-spec
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  return { type: 'library', name, version, purl, 'bom-ref': purl, licenses: [{ license: { id: license } }] }
}
