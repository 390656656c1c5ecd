import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('each example of README.md compiles', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'iod-client-readme-'))
  try {
    const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
    const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)
    expect(blocks.length).toBeGreaterThan(3)
    symlinkSync(import.meta.dirname, join(folder, 'client'))
    for (const [index, code] of blocks.entries())
      writeFileSync(
        join(folder, `example-${index}.ts`),
        code.replaceAll("'@iod/client'", "'./client/index.ts'"),
      )
    const compilerOptions = {
      ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, types: [] },
      ...{ target: 'esnext', module: 'nodenext', lib: ['esnext', 'dom', 'dom.iterable'] },
      ...{ exactOptionalPropertyTypes: true, preserveSymlinks: true, moduleDetection: 'force' },
    }
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    const run = () =>
      execFileSync('node', [join(root, 'node_modules/typescript-7/bin/tsc'), '--project', folder], {
        encoding: 'utf8',
      })
    expect(run).not.toThrow()
    writeFileSync(join(folder, 'example-0.ts'), `${blocks[0]}\nawait api.getPost()`)
    expect(run).toThrow()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
