import { kindOf, nameOf } from '../cluster/kubectl.ts'
import { at, type Json, list } from '../manifests/json.ts'

/** The NetworkPolicies through which pods reach a provider's servers. */
const policies = {
  DATABASE_URL: {
    names: ['to-pgbouncer', 'migration-to-postgres', 'exporters', 'backup'],
    usualPort: '5432',
  },
  REDIS_URL: { names: ['functions-to-data', 'exporters'], usualPort: '6379' },
}

/**
 * Rejects a port that the objects' NetworkPolicies close: without Redis the functions go on, so that nothing but their log would
 * tell. The policies name no addresses, since those of a provider change.
 */
export function requireOpenPort(
  objects: readonly Json[],
  variable: keyof typeof policies,
  { port: written }: URL,
): void {
  const { names, usualPort } = policies[variable]
  const port = Number(written || usualPort)
  const closed = objects
    .filter(object => kindOf(object) === 'NetworkPolicy')
    .filter(policy => !list(policy, 'spec', 'egress').some(rule => opens(rule, port)))
    .map(nameOf)
    .filter(name => names.includes(name))
  if (closed.length === 0) return
  throw new Error(
    `${variable} has the port ${port}: add it to the NetworkPolicies ${closed.join(', ')}, which close it.`,
  )
}

function opens(rule: Json, port: number): boolean {
  const ports = list(rule, 'ports')
  const isIn = (range: Json) => {
    const first = at(range, 'port')
    return port >= Number(first) && port <= Number(at(range, 'endPort') ?? first)
  }
  // Without any, a rule allows all.
  return ports.length === 0 || ports.some(isIn)
}
