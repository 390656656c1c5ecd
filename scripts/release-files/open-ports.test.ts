import { expect, test } from 'vitest'
import { kindOf } from '../cluster/kubectl.ts'
import { type JsonRecord, merged } from '../manifests/json.ts'
import { readRendered } from '../manifests/rendered.ts'
import { requireOpenPort } from './open-ports.ts'

const production = readRendered('production')
const withEgress = (egress: JsonRecord) =>
  production.map(object =>
    kindOf(object) === 'NetworkPolicy' ? merged(object, { spec: { egress: [egress] } }) : object,
  )

test.each([
  ['DATABASE_URL', 'postgres://db.test:5433/main', 'exporters, migration-to-postgres, to-pgbouncer'],
  ['REDIS_URL', 'rediss://redis.test:12345', 'exporters, functions-to-data'],
] as const)('%s names the policies that close its port', (variable, url, policies) => {
  const check = () => requireOpenPort(production, variable, new URL(url))
  const { port } = new URL(url)
  expect(check).toThrow(
    `${variable} has the port ${port}: add it to the NetworkPolicies ${policies}, which close it.`,
  )
})

test.each([
  ['DATABASE_URL', 'postgres://db.test/main'],
  ['REDIS_URL', 'redis://redis.test'],
  ['REDIS_URL', 'rediss://redis.test:6380'],
] as const)('%s of %s reaches its server', (variable, url) => {
  requireOpenPort(production, variable, new URL(url))
})

test.each([
  ['all ports', { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }],
  ['a range', { ports: [{ port: 5000, endPort: 6000 }] }],
  ['the port', { ports: [{ port: 443 }, { port: 5433 }] }],
])('policies that somebody has changed to allow %s close nothing', (_, egress) => {
  requireOpenPort(withEgress(egress), 'DATABASE_URL', new URL('postgres://db.test:5433/main'))
})
