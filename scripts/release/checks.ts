// What a deployed environment must show to a client: its host, its certificate and its responses.
import { functionNames } from '../../functions/registry.ts'
import { log } from '../cli/cli.ts'
import { until } from '../cli/until.ts'
import { type Endpoint, probe, untilOpen } from '../cluster/http-probe.ts'
import { forwardPort } from '../cluster/tunnels.ts'
import { at, type Json, list, text } from '../manifests/json.ts'
import { nodePortEndpoint, openGateway } from './gateway.ts'
import type { Target } from './target.ts'

type Check = readonly [what: string, holds: () => Promise<boolean>]

/** Runs the environment's checks, one line each; rejects after the last when any failed. */
export async function check({ environment, objects, namespace }: Target): Promise<void> {
  const failures: string[] = []
  const runAll = async (checks: readonly Check[]) => {
    for (const [what, holds] of checks) {
      const fault = await holds().then(
        isTrue => (isTrue ? undefined : what),
        error => `${what}: ${error instanceof Error ? error.message : error}`,
      )
      if (fault !== undefined) failures.push(fault)
      log(`${fault === undefined ? 'passed' : 'FAILED'}: ${what}`)
    }
  }
  if (environment === 'phase1') {
    const endpoint = await nodePortEndpoint(objects)
    await untilOpen(endpoint)
    await runAll(apiChecks(endpoint))
  } else {
    const gateway = await openGateway(objects)
    await runAll([...apiChecks(gateway.secure), ...gatewayChecks(gateway)])
    gateway.close()
  }
  if (environment === 'phase3') await runAll([monitoringCheck(namespace)])
  if (failures.length > 0) throw new Error(`${failures.length} checks failed:\n  ${failures.join('\n  ')}`)
}

const urlOf = ({ tls, authority }: Endpoint) => `${tls ? 'https' : 'http'}://${authority}`

const apiChecks = (endpoint: Endpoint): readonly Check[] => [
  ...functionNames.map(
    (name): Check => [
      `${urlOf(endpoint)}/${name}/health is ok, with Postgres and Redis`,
      async () => {
        const { status, text } = await probe(endpoint, `/${name}/health`)
        return status === 200 && text.includes('"status":"ok"')
      },
    ],
  ),
  [
    `${urlOf(endpoint)}/posts?limit=1 is a list`,
    async () => {
      const page: Json = JSON.parse((await probe(endpoint, '/posts?limit=1')).text)
      return Array.isArray(at(page, 'items'))
    },
  ],
  [
    `${urlOf(endpoint)}/profile without a token is 401`,
    async () => (await probe(endpoint, '/profile')).status === 401,
  ],
]

function gatewayChecks({ secure, plain }: Readonly<Record<'secure' | 'plain', Endpoint>>): readonly Check[] {
  const secureUrl = new URL(`${urlOf(secure)}/posts`).href
  const isRedirected = async () => {
    const { status, headers } = await probe(plain, '/posts')
    return status >= 301 && status <= 308 && new URL(headers.location ?? '').href === secureUrl
  }
  const isUnknown = async () =>
    (await probe({ ...plain, authority: 'other.example.test' }, '/posts')).status === 404
  return [
    [`plain HTTP redirects to ${secureUrl}`, isRedirected],
    ['another host is not served', isUnknown],
  ]
}

const monitoringCheck = (namespace: string): Check => [
  'Prometheus scrapes Knative, the gateway and the exporters',
  async () => {
    const { port, close } = await forwardPort('pod/prometheus-0', namespace, 9090)
    try {
      await untilTargetsUp({ address: '127.0.0.1', port, authority: `localhost:${port}`, tls: false })
      return true
    } finally {
      close()
    }
  },
]

/** A target is scraped within 15 s of its discovery, and a pod that has just started is discovered a little later. */
const targetsDeadlineSeconds = 60

const untilTargetsUp = (prometheus: Endpoint) =>
  until(
    'every target is up',
    async () => {
      const page: Json = JSON.parse((await probe(prometheus, '/api/v1/targets?state=active')).text)
      const targets = list(page, 'data', 'activeTargets')
      return ['knative', 'kourier', 'data'].every(job => {
        const found = targets.filter(target => text(target, 'labels', 'job') === job)
        return found.length > 0 && found.every(target => text(target, 'health') === 'up')
      })
    },
    targetsDeadlineSeconds,
    1_000,
  )
