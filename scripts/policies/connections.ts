import { type FunctionName, functionNames } from '../../functions/registry.ts'

/** Where a connection goes. The ports of a function: queue-proxy's, its two for metrics, and its own. */
const descriptions = {
  'postgres:5432': 'Postgres',
  'postgres:9187': "Postgres' metrics",
  'pgbouncer:6432': 'PgBouncer',
  'redis:6379': 'Redis',
  'redis-cache:6379': 'Redis, cache',
  'object-store:7070': 'bucket in the cluster',
  'function:8012': 'queue-proxy',
  'function:8013': 'queue-proxy, HTTP/2',
  'function:9090': "queue-proxy's load",
  'function:9091': "queue-proxy's metrics",
  'function:9095': "function's counters",
  'function:8080': 'function, past queue-proxy',
  'postgres-exporter:9187': 'exporter of Postgres',
  'redis-exporter:9121': 'exporter of Redis',
  'prometheus:9090': 'Prometheus',
  'activator:9090': 'activator',
  'gateway:8081': 'gateway, from inside',
  'API server:443': 'API server',
  'outside:443': 'any address',
  'outside:5432': 'any address',
  'outside:587': 'any address',
} as const

export type Target = keyof typeof descriptions
export const targets = Object.keys(descriptions).filter((name): name is Target => name in descriptions)

/** Pods that connect. */
export type Source = FunctionName | keyof typeof others

export const isFunctionName = (source: Source): source is FunctionName =>
  functionNames.some(name => name === source)

const outside = ['API server:443', 'outside:443', 'outside:5432', 'outside:587'] as const

const platform = ['activator:9090', 'gateway:8081'] as const

const ofFunctions: readonly Target[] = [
  'postgres:5432',
  'pgbouncer:6432',
  'redis:6379',
  'redis-cache:6379',
  'outside:5432',
]

/** What each other source reaches. */
const others = {
  pgbouncer: ['postgres:5432', 'outside:5432'],
  migrate: ['postgres:5432', 'outside:5432'],
  // Addresses cannot be selected, and a port is all that tells the API server apart.
  prometheus: [
    'function:9091',
    'function:9095',
    'postgres:9187',
    'postgres-exporter:9187',
    'redis-exporter:9121',
    'activator:9090',
    'API server:443',
    'outside:443',
  ],
  'postgres-exporter': ['postgres:5432', 'outside:5432'],
  'redis-exporter': ['redis:6379', 'redis-cache:6379', 'outside:5432'],
  // Each other, the archive of the write-ahead log, and the leases at the API server.
  postgres: ['postgres:5432', 'object-store:7070', 'API server:443', 'outside:443'],
  redis: [],
  'redis-cache': [],
  'object-store': [],
  // A pod of the same namespace that nothing expects there.
  neighbor: [],
  // Namespaces of others: what leaves them is theirs to limit, what enters ours is not.
  'knative-serving': ['function:8012', 'function:8013', 'function:9090', ...platform, ...outside],
  'kourier-system': ['function:8012', 'function:8013', 'function:9090', ...platform, ...outside],
  stranger: [...platform, ...outside],
} satisfies Readonly<Record<string, readonly Target[]>>

const isOther = (name: string): name is keyof typeof others => name in others
export const sources: readonly Source[] = [...functionNames, ...Object.keys(others).filter(isOther)]

interface Options {
  /** Whether components/neighbours is used. */
  readonly wakesNeighbours?: boolean
}

/** The only connections that the NetworkPolicies let pass; any other between these sources and targets is refused. */
export function passingFrom(source: Source, options: Options = {}): readonly Target[] {
  if (!isFunctionName(source)) return others[source]
  return [
    ...ofFunctions,
    ...(source === 'auth' ? (['outside:587'] as const) : []),
    ...(options.wakesNeighbours ? (['gateway:8081'] as const) : []),
  ]
}

/** The sources that reach the target; all functions together have one name. */
function reachedFrom(target: Target): string {
  const from = sources.filter(source => passingFrom(source).includes(target))
  const areAll = functionNames.every(name => from.includes(name))
  const names = areAll ? ['every function', ...from.filter(source => !isFunctionName(source))] : from
  return names.join(', ') || 'nobody'
}

/** The table of docs/threat-model.md, which `make documents` writes. */
export const connectionTable = (): readonly (readonly string[])[] => [
  ['to', 'port', 'from'],
  ...targets.map(target => [descriptions[target], target.split(':')[1] ?? '', reachedFrom(target)]),
]
