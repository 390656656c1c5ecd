import { at, type Json, list, text } from '../manifests/json.ts'
import { parseQuantity } from './quantity.ts'
import type { Usage } from './snapshot.ts'

export interface PodUsage {
  readonly cpuMillicores: number
  readonly memoryMiB: number
}

const mebibyte = 1024 ** 2

/** What the kubelets measured of each pod of the namespace (/stats/summary), by the pod's name. */
export function readUsage(summaries: readonly Json[], namespace: string): ReadonlyMap<string, PodUsage> {
  const usage = new Map<string, PodUsage>()
  for (const pod of summaries.flatMap(summary => list(summary, 'pods'))) {
    if (text(pod, 'podRef', 'namespace') !== namespace) continue
    const containers = list(pod, 'containers')
    const sum = (...path: readonly string[]) =>
      containers.reduce<number>((total, container) => total + Number(at(container, ...path) ?? 0), 0)
    usage.set(text(pod, 'podRef', 'name') ?? '', {
      cpuMillicores: sum('cpu', 'usageNanoCores') / 1e6,
      memoryMiB: sum('memory', 'workingSetBytes') / mebibyte,
    })
  }
  return usage
}

/** A sum over the containers of the pods; a limit only where every container has one. */
function declared(
  pods: readonly Json[],
  kind: 'requests' | 'limits',
  resource: 'cpu' | 'memory',
): number | undefined {
  let sum = 0
  for (const container of pods.flatMap(pod => list(pod, 'spec', 'containers'))) {
    const written = text(container, 'resources', kind, resource)
    if (written !== undefined) sum += parseQuantity(written)
    else if (kind === 'limits' && text(container, 'name') !== 'queue-proxy') return undefined
  }
  return sum
}

export function cpuOf(pods: readonly Json[], usage: ReadonlyMap<string, PodUsage>): Usage {
  const limit = declared(pods, 'limits', 'cpu')
  return {
    used: sumOf(pods, usage, one => one.cpuMillicores),
    requested: (declared(pods, 'requests', 'cpu') ?? 0) * 1_000,
    limit: limit === undefined ? undefined : limit * 1_000,
  }
}

export function memoryOf(pods: readonly Json[], usage: ReadonlyMap<string, PodUsage>): Usage {
  const limit = declared(pods, 'limits', 'memory')
  return {
    used: sumOf(pods, usage, one => one.memoryMiB),
    requested: (declared(pods, 'requests', 'memory') ?? 0) / mebibyte,
    limit: limit === undefined ? undefined : limit / mebibyte,
  }
}

const sumOf = (
  pods: readonly Json[],
  usage: ReadonlyMap<string, PodUsage>,
  value: (usage: PodUsage) => number,
): number =>
  pods.reduce<number>((sum, pod) => {
    const one = usage.get(text(pod, 'metadata', 'name') ?? '')
    return one === undefined ? sum : sum + value(one)
  }, 0)
