import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { functionNames, functions } from '../../functions/registry.ts'
import { alignColumns } from '../cli/columns.ts'
import { root } from '../cluster/command.ts'

const Document = v.object({
  paths: v.record(
    v.string(),
    v.record(
      v.string(),
      v.object({ summary: v.string(), security: v.array(v.record(v.string(), v.unknown())) }),
    ),
  ),
})

/** README.md with its tables as the code has them; the meaning of a variable is README's own. */
export function withTables(readme: string): string {
  const document = v.parse(Document, JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')))
  return replaceTable(
    replaceTable(readme, 'endpoints', endpointRows(document)),
    'variables',
    variableRows(readme),
  )
}

/** Replaces the table between the two marks of that name. */
export function replaceTable(text: string, name: string, rows: readonly (readonly string[])[]): string {
  const [before, after] = [`<!-- ${name}: written by make documents -->\n`, `<!-- end of ${name} -->`]
  const between = new RegExp(`(?<=${before}).*?(?=${after})`, 's')
  if (!between.test(text)) throw new Error(`the document lacks the table ${name}`)
  return text.replace(between, () => `\n${table(rows)}\n\n`)
}

function table([head = [], ...body]: readonly (readonly string[])[]): string {
  const [first = [], rule = [], ...others] = alignColumns([head, head.map(() => '---'), ...body])
  const rows = [first, rule.map(cell => cell.replaceAll(' ', '-')), ...others]
  return rows.map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

type Operations = v.InferOutput<typeof Document>['paths'][string]

function endpointRows({ paths }: v.InferOutput<typeof Document>): readonly (readonly string[])[] {
  const [first = ''] = functionNames
  const isCommon = (path: string) => functionNames.every(name => pathOf(path, name) in paths)
  const pathOf = (path: string, name: string) => path.replace(/^\/[^/]+/, `/${name}`)
  const endpoints = Object.entries(paths).flatMap(([path, operations]) => {
    if (!isCommon(path) || path.split('/').length < 3) return [endpointOf(path, operations)]
    if (path !== pathOf(path, first)) return []
    const common = endpointOf(path.replace(/^\/[^/]+/, '/FUNCTION'), operations)
    return [{ ...common, what: common.what.replace(` of ${first} `, ' of a function ') }]
  })
  // Those below the same path that need the same token share a row.
  const rows = Map.groupBy(endpoints, ({ path, token }) => `${dirname(path)} ${token}`)
  return [
    ['path', 'what', 'token'],
    ...[...rows.values()].map(row => [
      row.map(({ calls }) => calls).join(', '),
      row.map(({ what }) => what).join(' · '),
      row[0]?.token ?? '',
    ]),
  ]
}

/** `calls` are the methods and the path. */
const endpointOf = (path: string, operations: Operations) => ({
  path,
  calls: `${Object.keys(operations)
    .map(method => method.toUpperCase())
    .join(' ')} \`${path}\``,
  what: Object.values(operations)
    .map(({ summary }) => summary)
    .join(' · '),
  token: tokenOf(operations),
})

function tokenOf(operations: Operations): string {
  const rules = Object.values(operations).map(({ security }) => {
    if (security.length === 0) return ''
    return security.some(one => Object.keys(one).length === 0) ? 'optional' : 'yes'
  })
  const [only = ''] = rules
  return rules.every(rule => rule === only) ? only : rules.map(rule => rule || 'no').join(', ')
}

/** Set by Knative alone. */
const notForPeople = ['K_REVISION']

function variableRows(readme: string): readonly (readonly string[])[] {
  const names = [...new Set(functions.flatMap(({ variables }) => Object.keys(variables)))]
  const isOpenTelemetrys = (name: string) => name.startsWith('OTEL_')
  const rows = names
    .filter(name => !notForPeople.includes(name))
    .filter(name => !isOpenTelemetrys(name) || name === names.find(isOpenTelemetrys))
    .map(name => {
      // docs/operations.md has a row for each of these.
      const cell = isOpenTelemetrys(name) ? names.filter(isOpenTelemetrys) : [name]
      return [
        cell.map(one => `\`${one}\``).join(', '),
        readersOf(name),
        defaultOf(name),
        meaningOf(readme, name),
      ]
    })
  return [['variable', 'of', 'default', 'meaning'], ...rows]
}

function readersOf(variable: string): string {
  const readers = functions.filter(({ variables }) => variable in variables).map(({ name }) => name)
  return readers.length === functions.length ? 'all' : readers.join(', ')
}

/** What happens without it. */
function defaultOf(variable: string): string {
  const schema = functions.map(({ variables }) => variables[variable]).find(found => found !== undefined)
  if (schema === undefined || schema.type !== 'optional') return '_required_'
  const value = 'default' in schema ? schema.default : undefined
  if (typeof value !== 'string' || value === '') return ''
  const [first = '', ...rest] = value.split(',')
  return `\`${first}\`${rest.length > 0 ? ', …' : ''}`
}

function meaningOf(readme: string, variable: string): string {
  const row = readme.split('\n').find(line => line.startsWith(`| \`${variable}\``))
  return (
    row
      ?.split(/(?<!\\)\|/)
      .at(4)
      ?.trim() ?? ''
  )
}

export const readmeFile = join(root, 'README.md')
export const threatModelFile = join(root, 'docs/threat-model.md')
export const readFile = (file: string): string | undefined =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined
