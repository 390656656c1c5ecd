import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../cluster/command.ts'
import { blockFault, shellBlocks, untypedFences } from './shell-blocks.ts'
import { readFile, withTables } from './tables.ts'

const documents = globSync(['*.md', 'docs/*.md', '.github/*.md'], { cwd: root }).sort()
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const readme = read('README.md')

test('the tables of README.md are those of the code, and every variable has a meaning', () => {
  expect(withTables(readme), 'run `make documents`').toBe(readme)
  const [, table = ''] = readme.split('<!-- variables')
  const rows = table.split('<!-- end of')[0]?.match(/^\| `.*$/gm) ?? []
  expect(rows.length).toBeGreaterThan(20)
  expect(rows.filter(row => /\|\s*\|$/.test(row))).toEqual([])
})

test('README.md has less than 130 lines beside its tables, which grow with each function', () => {
  const text = readme.replaceAll(/<!-- (\w+): written by make documents -->.*?<!-- end of \1 -->\n/gs, '')
  expect(text).not.toContain('written by make documents')
  expect(text.trimEnd().split('\n').length).toBeLessThan(130)
})

test.each(documents)('every shell block of %s is run, or says why not', document => {
  const faults = shellBlocks(read(document)).flatMap(block => {
    const fault = blockFault(block, document, readFile)
    return fault === undefined ? [] : [`${document}:${block.line} ${fault}`]
  })
  expect(faults).toEqual([])
  expect(untypedFences(read(document)), 'fences without a language').toEqual([])
})

test('a block without a mark, a reason or a runner is reported', () => {
  const faultOf = (markdown: string, document = 'docs/other.md') => {
    const [block] = shellBlocks(markdown)
    return (
      block && blockFault(block, document, file => (file === '.ci/run' ? 'make up, make e2e' : undefined))
    )
  }
  const fence = '```sh\nmake up\n```\n'
  expect(faultOf(fence)).toBe('is run by no test')
  expect(faultOf(fence, 'README.md')).toBeUndefined()
  expect(faultOf(`<!-- not run: it takes an hour -->\n\n${fence}`)).toBeUndefined()
  expect(faultOf(`<!-- not run: no -->\n\n${fence}`)).toBe('has no reason')
  expect(faultOf(`<!-- run by .ci/run -->\n\n${fence}`)).toBeUndefined()
  expect(faultOf(`<!-- run by a.ts -->\n\n${fence}`)).toBe('names a.ts, which does not exist')
  expect(faultOf('<!-- run by .ci/run -->\n\n```sh\nmake down\n```\n')).toBe(
    'names .ci/run, which does not run make down',
  )
  expect(faultOf('<!-- run by .ci/run -->\n\n```sh\nkn service list\n```\n')).toBe(
    'names .ci/run, which does not read docs/other.md',
  )
  expect(untypedFences('```sh\na\n```\n\n```\nmake up\n```\n')).toEqual([5])
})

test('links between documents lead to files', () => {
  const broken = documents.flatMap(document =>
    [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map(([, target = '']) => target)
      .filter(
        target => readFile(join(dirname(document), target)) === undefined && !isFolder(document, target),
      )
      .map(target => `${document}: ${target}`),
  )
  expect(broken).toEqual([])
})

const isFolder = (document: string, target: string) =>
  globSync(`${join(dirname(document), target)}/*`, { cwd: root }).length > 0
