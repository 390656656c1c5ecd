import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import manifest from '../../package.json' with { type: 'json' }
import { root } from '../cluster/command.ts'

const folder = createTestFolder()
const installed = join(folder, 'node_modules/@iod/client')

const program = `import { ApiProblem, createClient, type Client } from '@iod/client'
const api: Client = createClient({ baseUrl: 'https://api.test', fetch: async () => new Response('{}', { status: 418 }) })
const title: string = await api.getPost({ path: { slug: 'a' } }).then(
  ({ data }) => data.title,
  (error: unknown) => (error instanceof ApiProblem && error.code === 'no_problem' ? String(error.status) : ''),
)
console.log(title)
`

/** How projects resolve modules, each with the strictest checks, also of the package's own declarations. */
const projects = [
  { module: 'nodenext', lib: ['es2023', 'dom', 'dom.iterable'] },
  { module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom', 'dom.iterable'] },
]

test('the package has types and runs in another project', { timeout: 120_000 }, () => {
  const env = { ...process.env, TO: folder }
  const text = execFileSync('node', ['scripts/client/pack.ts'], { cwd: root, env, encoding: 'utf8' })
  const [, file = ''] = /npm install (\S+)\n$/.exec(text) ?? []
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', file, '--strip-components=1'], { cwd: installed })
  const packed = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  expect(packed).toMatchObject({ name: '@iod/client', version: manifest.version })
  expect(packed.private).toBeUndefined()
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'use.ts'), program)
  for (const project of projects) {
    const compilerOptions = {
      ...{ strict: true, noEmit: true, target: 'es2022', types: [], exactOptionalPropertyTypes: true },
      ...project,
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['use.ts'] }))
    const tsc = join(root, 'functions/client/node_modules/typescript/bin/tsc')
    const check = () => execFileSync('node', [tsc, '--project', folder], { encoding: 'utf8', stdio: 'pipe' })
    expect(check, JSON.stringify(project)).not.toThrow()
  }
  expect(execFileSync('node', ['use.ts'], { cwd: folder, encoding: 'utf8' })).toBe('418\n')
})
