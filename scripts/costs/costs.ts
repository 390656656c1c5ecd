// make costs: what each function took in the last day, and what a month of such days would cost. It queries the Prometheus of
// the component monitoring, through the API server.
//   VCPU_HOUR, GIB_HOUR   prices of what the pods reserve, in your currency (0.04 and 0.005)
import { runCli } from '../cli/cli.ts'
import { alignColumns } from '../cli/columns.ts'
import { numberBetween, type Options, UsageError } from '../cli/options.ts'
import { getItems, nameOf } from '../cluster/kubectl.ts'
import { type Api, openApi } from '../cluster/tunnels.ts'
import { at, type Json, list, text } from '../manifests/json.ts'
import { podSpec } from '../manifests/rules.ts'
import { parseQuantity } from '../monitor/usage.ts'
import { clusterOptions, deployedNames, requireCluster, targetOf } from '../release/target.ts'
import { pricePerMonth, type Reservation, type Usage } from './price.ts'

/** Knative's own defaults for queue-proxy (config-deployment); it requests no memory. */
const queueProxyCores = 0.025

const optionSchemas = {
  ...clusterOptions,
  VCPU_HOUR: numberBetween(0, 100, 0.04),
  GIB_HOUR: numberBetween(0, 100, 0.005),
}

async function costs({ ENVIRONMENT, VCPU_HOUR, GIB_HOUR }: Options<typeof optionSchemas>): Promise<void> {
  const prices = { vcpuHour: VCPU_HOUR, gibHour: GIB_HOUR }
  const { namespace } = targetOf(ENVIRONMENT)
  await requireCluster(ENVIRONMENT)
  await requirePrometheus(namespace)
  const api = await openApi()
  const services = await getItems`services.serving.knative.dev --namespace ${namespace}`
  const reservations = new Map(services.map(one => [nameOf(one), reservationOf(one)]))
  const rows = await Promise.all(
    deployedNames(services).map(async name => {
      const usage = await readUsage(api, namespace, name)
      const month = pricePerMonth(usage, reservations.get(name) ?? { cpu: 0, memoryGiB: 0 }, prices)
      return { name, ...usage, month }
    }),
  )
  print(rows)
  api.close()
}

async function requirePrometheus(namespace: string): Promise<void> {
  const pods = await getItems`pods --namespace ${namespace} --selector app.kubernetes.io/name=prometheus`
  if (pods.length === 0)
    throw new UsageError(
      `the namespace ${namespace} has no Prometheus: use an environment with the component monitoring, as ENVIRONMENT=phase3.`,
    )
}

function reservationOf(service: Json): Reservation {
  const requests = at(podSpec(service), 'containers', 0, 'resources', 'requests')
  return {
    cpu: parseQuantity(text(requests, 'cpu') ?? '0') + queueProxyCores,
    memoryGiB: parseQuantity(text(requests, 'memory') ?? '0') / 2 ** 30,
  }
}

async function readUsage(api: Api, namespace: string, name: string): Promise<Usage> {
  const read = async (record: string, labels: string) => {
    const query = encodeURIComponent(`${record}{function="${name}"${labels}}`)
    const path = `/api/v1/namespaces/${namespace}/pods/prometheus-0:9090/proxy/api/v1/query?query=${query}`
    return Number(text(at(list(await api.json(path), 'data', 'result')[0], 'value'), 1) ?? 0)
  }
  // Knative's own counters are of all namespaces.
  const here = `, namespace="${namespace}"`
  const [podSeconds, wakes, waitSeconds, cpuSeconds, requests] = await Promise.all([
    read('function:pod_seconds:1d', here),
    read('function:wakes:1d', here),
    read('function:activator_wait_seconds:1d', here),
    read('function:cpu_seconds:1d', ''),
    read('function:requests:1d', ''),
  ])
  return { podSeconds, wakes, waitSeconds, cpuSeconds, requests }
}

type Row = Usage & { readonly name: string; readonly month: number }

const columns: readonly (readonly [string, (row: Row) => string])[] = [
  ['FUNCTION', row => row.name],
  ['REQUESTS', row => row.requests.toFixed(0)],
  ['WAKES', row => row.wakes.toFixed(0)],
  ['WAIT PER WAKE s', row => (row.wakes === 0 ? '–' : (row.waitSeconds / row.wakes).toFixed(2))],
  ['POD-HOURS', row => (row.podSeconds / 3_600).toFixed(2)],
  ['CPU s', row => row.cpuSeconds.toFixed(1)],
  [
    'CPU ms PER REQUEST',
    row => (row.requests === 0 ? '–' : ((row.cpuSeconds * 1_000) / row.requests).toFixed(2)),
  ],
  ['30 SUCH DAYS', row => row.month.toFixed(3)],
]

function print(rows: readonly Row[]): void {
  const lines = [columns.map(([title]) => title), ...rows.map(row => columns.map(([, cell]) => cell(row)))]
  for (const line of alignColumns(lines, () => true)) console.log(line.join('  '))
  const total = rows.reduce((sum, { month }) => sum + month, 0)
  console.log(
    `\nThe last 24 hours. 30 such days: ${total.toFixed(3)} for the functions; data and platform come to it.`,
  )
}

await runCli(optionSchemas, costs)
