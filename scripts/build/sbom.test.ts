import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { root } from '../cluster/command.ts'
import { sbomOf } from './sbom.ts'

test('names each package of the bundles, also scoped ones, and nothing that changes from build to build', async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: "import 'hono'; import '@hono/node-server'; import 'valibot'", resolveDir: root },
    bundle: true,
    platform: 'node',
    write: false,
    metafile: true,
  })
  const written = sbomOf('posts', [metafile], root)
  expect(written).toBe(sbomOf('posts', [metafile], root))
  const { bomFormat, specVersion, components, metadata } = JSON.parse(written)
  expect([bomFormat, specVersion, metadata.component.name]).toEqual(['CycloneDX', '1.6', 'iod-posts'])
  expect(components).toContainEqual({
    type: 'library',
    name: '@hono/node-server',
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    purl: expect.stringMatching(/^pkg:npm\/%40hono\/node-server@\d+\.\d+\.\d+$/),
    'bom-ref': expect.any(String),
    licenses: [{ license: { id: 'MIT' } }],
  })
  expect(components.map(({ name }: { name: string }) => name)).toContain('valibot')
  expect(JSON.stringify(components)).not.toContain(join(root, 'node_modules'))
})
