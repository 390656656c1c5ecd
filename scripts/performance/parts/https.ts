import autocannon from 'autocannon'
import type { Bench, Part } from '../bench.ts'
import { formatNumber, type Section } from '../report/model.ts'
import { interleave, median } from '../samples.ts'
import { baseline, createKinds } from '../wake/account.ts'
import { connectCluster, findGateway, type Gateway } from '../wake/cluster.ts'
import { type Copy, createCopies, type Kind, removeCopies, type Template } from '../wake/copies.ts'

const rounds = 3
const seconds = 4
const connections = 16

interface Measured {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

/** Through HTTPS, Kourier, the activator or not, and queue-proxy: the whole way, on a machine that all of it shares. */
async function run(bench: Bench): Promise<Section> {
  const cluster = connectCluster()
  const gateway = findGateway()
  const kinds = (await createKinds(gateway)).filter(({ method }) => method === 'GET').map(onePod)
  const copies = await createCopies(cluster, kinds, gateway.host.replace(/^api\./, ''))
  try {
    const firsts = kinds
      .map(kind => copies.find(copy => copy.kind === kind))
      .filter(copy => copy !== undefined)
    const contenders = firsts.map(copy => ({ name: copy.kind.name, measure: () => load(gateway, copy) }))
    await interleave(1, contenders)
    const results = await interleave(rounds, contenders, round => bench.onProgress(round / rounds))
    return sectionOf(results)
  } finally {
    await removeCopies(cluster).catch(() => undefined)
  }
}

/** Under load each would ask for more, and one that is to wake in its turn would find no CPU left on a small node. */
function onePod(kind: Kind): Kind {
  const bounds = { 'autoscaling.knative.dev/min-scale': '1', 'autoscaling.knative.dev/max-scale': '1' }
  const change = (original: Template): Template => {
    const template = kind.change?.(original) ?? original
    return { ...template, metadata: { annotations: { ...template.metadata?.annotations, ...bounds } } }
  }
  return { ...kind, change }
}

async function load(gateway: Gateway, { host, kind }: Copy): Promise<Measured> {
  const headers = { host: `${host}:${gateway.port}` }
  const { statusCodeStats, errors, requests, duration, latency } = await autocannon({
    url: `https://127.0.0.1:${gateway.port}`,
    servername: gateway.host,
    connections,
    duration: seconds,
    requests: [{ method: kind.method, path: kind.path, headers }],
  })
  const others = Object.keys(statusCodeStats).filter(status => status !== '200')
  if (errors > 0 || others.length > 0 || requests.total === 0) {
    throw new Error(`${host}: ${requests.total} requests, ${errors} errors, ${others.join(', ')}`)
  }
  return { perSecond: requests.total / duration, p50: latency.p50, p99: latency.p99 }
}

function sectionOf(results: ReadonlyMap<string, readonly Measured[]>): Section {
  const of = (name: string, key: keyof Measured) =>
    median((results.get(name) ?? []).map(measured => measured[key]))
  return {
    part: 'https',
    title: 'Warm, through HTTPS, Kourier and Knative',
    how: `autocannon, ${connections} connections, ${seconds} s × ${rounds} rounds, interleaved, medians of the rounds, one pod of each; client, gateway, queue-proxy, function, Postgres and Redis share this machine.`,
    goals: [],
    samples: Object.fromEntries(results),
    figures: [
      {
        kind: 'table',
        title: 'Whole way',
        columns: ['', 'rounds', 'requests/s', `of ${baseline}`, 'median ms', 'p99 ms'],
        rows: [...results].map(([name, measured]) => [
          name,
          measured.length,
          formatNumber(of(name, 'perSecond')),
          (of(name, 'perSecond') / of(baseline, 'perSecond')).toFixed(2),
          formatNumber(of(name, 'p50')),
          formatNumber(of(name, 'p99')),
        ]),
      },
    ],
  }
}

export const https: Part = { name: 'https', expectedSeconds: 90, run }
