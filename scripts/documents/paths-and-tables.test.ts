import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../cluster/command.ts'
import { connectionTable } from '../policies/connections.ts'
import { replaceTable, threatModelFile } from './tables.ts'
import { operationsFile, versionTable } from './versions.ts'

const documents = globSync(['{README,CONTRIBUTING,SECURITY,CHANGELOG}.md', 'docs/*.md'], { cwd: root })
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** The names of files of this repository that stand in backquotes: from a folder of the top level, without variables. */
const pathsIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/`((?:functions|scripts|knative|kind|docs|\.github|\.ci)\/[^`\s]*)`/g)]
    .map(([, path = '']) => path)
    // `media` is the function that docs/adding-a-function.md adds as an example.
    .filter(path => !/[<>…]|\b[A-Z]{3,}\b|^(?:knative\/)?functions\/media\b/.test(path))

const missing = (paths: readonly string[]) =>
  paths.filter(path => globSync(path.replace(/:\d+$/, ''), { cwd: root }).length === 0)

test.each(documents)('every file that %s names exists', document => {
  expect(missing(pathsIn(read(document)))).toEqual([])
})

test('a file that does not exist is reported', () => {
  const markdown = 'See `functions/nowhere.test.ts`, `functions/registry.ts` and `knative/*/kind`.'
  expect(missing(pathsIn(markdown))).toEqual(['functions/nowhere.test.ts'])
})

test('the connections of the threat model are those that `make test-policies` holds', () => {
  const text = readFileSync(threatModelFile, 'utf8')
  expect(replaceTable(text, 'connections', connectionTable()), 'run `make documents`').toBe(text)
})

test('each threat names a test, or a file that shows what stops it', () => {
  const rows = read('docs/threat-model.md').match(/^\| (?!threat|stolen|mistake|to |-).*\|$/gm) ?? []
  const threats = rows.filter(row => row.split('|').length === 5 && !/\| +\d+ +\|/.test(row))
  expect(threats.length).toBeGreaterThan(35)
  expect(threats.filter(row => !/`[^`]+\.(?:ts|sh|yaml|json)`|`\.npmrc`/.test(row))).toEqual([])
})

test('the table of versions has those of the code, and each was tried', () => {
  const text = readFileSync(operationsFile, 'utf8')
  const rows = versionTable(text)
  expect(replaceTable(text, 'versions', rows), 'run `make documents`').toBe(text)
  expect(rows.filter(([, version, tried]) => version === '' || tried === '')).toEqual([])
})
