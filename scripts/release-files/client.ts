import { cpSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import manifest from '../../functions/client/package.json' with { type: 'json' }
import { root, run } from '../cluster/command.ts'

/** Compiles the client, and writes its package, `iod-client-VERSION.tgz`, into the folder. */
export async function writeClient(folder: string, version: string): Promise<void> {
  const source = join(root, 'functions/client')
  using temporary = mkdtempDisposableSync(join(tmpdir(), 'iod-client-'))
  const staging = temporary.path
  const { private: _, devDependencies: __, ...published } = manifest
  writeFileSync(join(staging, 'package.json'), JSON.stringify({ ...published, version }, undefined, 2))
  cpSync(join(root, 'LICENSE'), join(staging, 'LICENSE'))
  cpSync(join(source, 'README.md'), join(staging, 'README.md'))
  const dist = join(staging, 'dist')
  await run`node ${join(source, 'node_modules/typescript/bin/tsc')} ${join(source, 'index.ts')} --outDir ${dist} --declaration --module nodenext --target es2022 --lib es2023,dom,dom.iterable,esnext.disposable --rewriteRelativeImportExtensions --skipLibCheck`
  cpSync(join(source, 'api.d.ts'), join(dist, 'api.d.ts'))
  await run`npm pack --silent --pack-destination ${folder} ${staging}`
}
