import type { Parameter, Statement } from '../../shared/postgres/database.ts'
import { postJoins } from '../posts/post-columns.ts'
import type { ListFilters, ListRequest } from './list-request.ts'
import { chooseSource, Parameters, type Source } from './list-sources.ts'
import { firstRows, pageColumns, withFit } from './page-statement.ts'
import { type ListField, usualFields } from './schemas.ts'

export interface Built extends Statement {
  readonly parameters: readonly Parameter[]
}

/** Counting stops here, so that it costs the same in a table of any size. */
export const maxTotal = 10_000

export function buildList(request: ListRequest): Built {
  const parameters = new Parameters()
  const source = chooseSource(request, parameters)
  const filtered = [...source.conditions, ...periodConditions(request.filters, source, parameters)]
  const { direction, sort } = source
  const total = request.withTotal
    ? `, (select count(*) from (select from ${source.from} where ${filtered.join(' and ')} limit ${maxTotal + 1}) counted)::int as total`
    : ''
  const conditions = [...filtered, ...afterCondition(source, request.after, parameters)]
  const keys = sort.map(([expression], index) => `${expression} as sort_${index}`).join(', ')
  const order = (names: readonly string[]) => names.map(name => `${name} ${direction}`).join(', ')
  const keysOfPage = `select ${source.key[0]} as author_id, ${source.key[1]} as post_id, ${keys}
        from ${source.from}
        where ${conditions.join(' and ')}
        order by ${order(sort.map(([expression]) => expression))}`
  const position = sort.map((_, index) => `page.sort_${index}::text`).join(', ')
  const orderOfPage = order(sort.map((_, index) => `page.sort_${index}`))
  const firstKeys = firstRows(keysOfPage, parameters.add(request.limit, 'int'))
  const text = `select ${pageColumns(request.fields)}, array[${position}] as position${total}
    from (${withFit(firstKeys, orderOfPage, request.fields)}) page
    ${postJoins('page')}
    order by ${orderOfPage}`
  return { name: statementName(request), text, parameters: parameters.values }
}

/**
 * A name makes Postgres plan a statement once per connection and keep it. Only the most frequent lists have one: at most
 * one filter, newest or most favorited first, the default fields. The others have none, because their best plan depends on
 * the values of the filters, or because there are hundreds of combinations and one client could make Postgres keep all.
 */
function statementName({ filters, order, fields, after, withTotal }: ListRequest): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined)
  if (withTotal || given.length > 1 || order === 'oldest' || !isUsual(fields)) return ''
  const filter =
    given.map(([name]) => (name === 'own' ? `own_${filters.own?.state}` : name)).join('') || 'all'
  if (filter === 'from' || filter === 'to' || filter === 'language') return ''
  const columnsName = fields.length === 0 ? 'bare' : fields.join('_')
  return `list_${filter}_${order}_${columnsName}_${after ? 'next' : 'first'}`
}

/** True for the default fields and for `none`. */
export const isUsual = (fields: readonly ListField[]): boolean =>
  fields.length === 0 || fields.join() === usualFields.join()

/** The filters that no source applies itself. */
function periodConditions(
  { from, to }: ListFilters,
  { publishedAt }: Source,
  parameters: Parameters,
): readonly string[] {
  const conditions: string[] = []
  if (from) conditions.push(`${publishedAt} >= ${parameters.add(from, 'timestamptz')}`)
  if (to) conditions.push(`${publishedAt} < ${parameters.add(to, 'timestamptz')}`)
  return conditions
}

function afterCondition(
  { sort, direction }: Source,
  after: readonly string[] | undefined,
  parameters: Parameters,
): readonly string[] {
  if (after === undefined) return []
  const expressions = sort.map(([expression]) => expression).join(', ')
  const values = sort.map(([, type], index) => parameters.add(after[index] ?? null, type)).join(', ')
  return [`(${expressions}) ${direction === 'asc' ? '>' : '<'} (${values})`]
}
