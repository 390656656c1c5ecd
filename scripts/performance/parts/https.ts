import autocannon from 'autocannon'
import { type Endpoint, hostOf } from '../../cluster/http-probe.ts'
import type { Benchmark, Part } from '../benchmark.ts'
import { type Entry, interleave } from '../interleave.ts'
import type { Section } from '../report/model.ts'
import { table } from '../report/table.ts'
import { baseline, deployVariants, findGateway, type Variant } from '../wake/variants.ts'

const rounds = 3
const duration = 4
const connections = 16
/** Under load each Service would scale out, and the next one in turn would find no CPU left on a small node. */
const onePod = { 'autoscaling.knative.dev/min-scale': '1', 'autoscaling.knative.dev/max-scale': '1' }

/** The whole way: HTTPS, Kourier, perhaps the activator, and queue-proxy, on one machine that they all share. */
async function run({ options, onProgress }: Benchmark): Promise<Section> {
  const gateway = await findGateway()
  await using deployed = await deployVariants(gateway, options, onePod)
  const entries = deployed.variants.filter(({ options }) => options.method === undefined)
  await interleave(1, entries, entry => measure(gateway, entry))
  const results = await interleave(rounds, entries, entry => measure(gateway, entry), onProgress)
  const perSecond = (entry: Entry) => results.median(entry, result => result.perSecond)
  return {
    title: 'Warm, through HTTPS, Kourier and Knative',
    how: `autocannon, ${connections} connections, ${duration} s × ${rounds} rounds, interleaved, medians of the rounds, one pod of each; client, gateway, queue-proxy, function, Postgres and Redis share this machine.`,
    goals: [],
    samples: results,
    figures: [
      table(
        'The whole way',
        ['', 'rounds', 'requests/s', `of ${baseline}`, 'median ms', 'p99 ms'],
        entries.map(entry => [
          ...[entry.label, rounds, perSecond(entry), perSecond(entry) / perSecond({ label: baseline })],
          results.median(entry, ({ p50 }) => p50),
          results.median(entry, ({ p99 }) => p99),
        ]),
      ),
    ],
  }
}

async function measure(gateway: Endpoint, { host, path, options }: Variant) {
  const { statusCodeStats, errors, requests, latency } = await autocannon({
    url: `https://${gateway.address}:${gateway.port}`,
    servername: hostOf(gateway),
    connections,
    duration,
    requests: [{ method: 'GET', path, headers: { ...options.headers } }],
  })
  const others = Object.keys(statusCodeStats ?? {}).filter(status => status !== '200')
  if (errors > 0 || others.length > 0 || requests.total === 0)
    throw new Error(`${host}: ${requests.total} requests, ${errors} errors, status ${others}`)
  return { perSecond: requests.average, p50: latency.p50, p99: latency.p99 }
}

export const https: Part = { name: 'https', expectedSeconds: () => 90, run }
