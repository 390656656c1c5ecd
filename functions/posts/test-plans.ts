import * as v from 'valibot'
import type { Parameter, Statement } from '../shared/postgres/database.ts'
import { connectOwner } from '../shared/testing/database.ts'
import { connectCpuClock } from '../shared/testing/postgres-processor.ts'

const Node: v.GenericSchema<unknown, PlanNode> = v.object({
  'Node Type': v.string(),
  'Index Name': v.optional(v.string()),
  'Relation Name': v.optional(v.string()),
  Filter: v.optional(v.string()),
  Plans: v.optional(v.array(v.lazy(() => Node)), []),
})
interface PlanNode {
  readonly 'Node Type': string
  readonly 'Index Name'?: string | undefined
  readonly 'Relation Name'?: string | undefined
  readonly Filter?: string | undefined
  readonly Plans: readonly PlanNode[]
}
const Buffers = v.object({ 'Shared Hit Blocks': v.number(), 'Shared Read Blocks': v.number() })
const Explained = v.array(
  v.object({
    'QUERY PLAN': v.tuple([
      v.object({
        Plan: v.intersect([Node, Buffers]),
      }),
    ]),
  }),
)

export interface Plan {
  readonly indexes: readonly string[]
  /** Tables read by a sequential scan. */
  readonly scanned: readonly string[]
  /** Tables with a filter that discards rows after they were read. */
  readonly filtered: readonly string[]
  /** True if more than the rows of a page are sorted. */
  readonly sorted: boolean
  /** Pages of 8 KiB that the statement read. */
  readonly pages: number
  /** CPU time of the statement, with planning where each request plans it again. */
  readonly cpuMs: number
}

/** Explains statements as Postgres runs them: a named one with the generic plan of a prepared statement. */
export async function connectExplainer(ownerUrl: string) {
  const client = await connectOwner(ownerUrl)
  // As the functions' roles: the work of another process would not be counted.
  await client.query('set max_parallel_workers_per_gather = 0')
  const cpuMs = await connectCpuClock(client)

  async function explain(statement: Statement, parameters: readonly Parameter[]): Promise<Plan> {
    const mode = statement.name === '' ? 'force_custom_plan' : 'force_generic_plan'
    await client.query(`set plan_cache_mode = ${mode}`)
    await client.query(`prepare explained as ${statement.text}`)
    const literals = parameters.map(literal).join(', ')
    const run = () =>
      client.query(`explain (analyze, buffers, format json) execute explained ${literals && `(${literals})`}`)
    await run()
    const beforeMs = cpuMs()
    const { rows } = await run()
    const afterMs = cpuMs()
    await client.query('deallocate explained')
    const [explained] = v.parse(Explained, rows)
    if (explained === undefined) throw new Error('no plan')
    const [{ Plan: plan }] = explained['QUERY PLAN']
    const nodes = flatten(plan)
    return {
      indexes: [...new Set(nodes.flatMap(node => node['Index Name'] ?? []))],
      scanned: nodes
        .filter(node => node['Node Type'] === 'Seq Scan')
        .map(node => node['Relation Name'] ?? ''),
      filtered: nodes.filter(node => node.Filter !== undefined).map(node => node['Relation Name'] ?? ''),
      sorted: nodes.some(
        node =>
          node['Node Type'].endsWith('Sort') && !flatten(node).some(below => below['Node Type'] === 'Limit'),
      ),
      pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
      cpuMs: afterMs - beforeMs,
    }
  }

  return { client, explain }
}

const flatten = (node: PlanNode): readonly PlanNode[] => [node, ...node.Plans.flatMap(flatten)]

function literal(value: Parameter): string {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Date) return `'${value.toISOString()}'`
  if (Array.isArray(value)) return `'{${value.join(',')}}'`
  return `'${String(value).replaceAll("'", "''")}'`
}
