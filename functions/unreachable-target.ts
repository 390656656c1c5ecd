import type { Target } from './environment-of.ts'

/** The published example key of RFC 8037, appendix A: the same in every build, and nobody's secret. */
const exampleKey = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  alg: 'EdDSA',
  use: 'sig',
  kid: 'example',
}
const keySet = JSON.stringify({ keys: [exampleKey] })

/** A complete target whose Postgres and Redis are not there: nothing listens on port 1 (tcpmux). */
export const unreachableTarget: Target = {
  settings: { PORT: '0', PUBLIC_URL: 'http://localhost' },
  databaseUrl: () => 'postgres://nobody:hunter2@127.0.0.1:1/none',
  redisUrl: () => 'redis://:hunter2@127.0.0.1:1',
  privateKeys: keySet,
  publicKeys: keySet,
  random: () => 'A'.repeat(43),
}
