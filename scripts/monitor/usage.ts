import { nameOf } from '../cluster/kubectl.ts'
import { at, type Json, list, text } from '../manifests/json.ts'

/** Of all pods of a revision: CPU in millicores, memory in MiB. */
export interface Usage {
  readonly used: number
  readonly requested: number
  /** Undefined when a container has none. */
  readonly limit: number | undefined
}

interface PodUsage {
  /** In cores and bytes, as Kubernetes counts them. */
  readonly cpu: number
  readonly memory: number
}

const suffixes: Readonly<Record<string, number>> = {
  ...{ '': 1, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9 },
  ...{ Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 },
}

/** A quantity as Kubernetes writes it, in its unit: 250m is 0.25, 1Gi is 1073741824. */
export function parseQuantity(written: string): number {
  const [, number, suffix = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(written) ?? []
  const factor = suffixes[suffix]
  if (number === undefined || factor === undefined) throw new Error(`${written} is not a quantity`)
  return Number(number) * factor
}

/** The kubelets' measurements of each pod of the namespace (/stats/summary), by the pod's name. */
export function readUsage(summaries: readonly Json[], namespace: string): ReadonlyMap<string, PodUsage> {
  const pods = summaries.flatMap(summary => list(summary, 'pods'))
  const own = pods.filter(pod => text(pod, 'podRef', 'namespace') === namespace)
  return new Map(
    own.map(pod => {
      const sum = (resource: string, member: string) =>
        sumOf(list(pod, 'containers').map(container => Number(at(container, resource, member) ?? 0)))
      const cpu = sum('cpu', 'usageNanoCores') / 1e9
      return [text(pod, 'podRef', 'name') ?? '', { cpu, memory: sum('memory', 'workingSetBytes') }]
    }),
  )
}

/** Adds up use, requests and limits of all containers of the pods. */
export function usageOf(
  pods: readonly Json[],
  usage: ReadonlyMap<string, PodUsage>,
): Readonly<Record<'cpu' | 'memory', Usage>> {
  const containers = pods.flatMap(pod => list(pod, 'spec', 'containers'))
  // queue-proxy never has a limit.
  const limited = containers.filter(container => text(container, 'name') !== 'queue-proxy')
  const of = (resource: 'cpu' | 'memory', unit: number): Usage => {
    const declared = (kind: string) => (container: Json) => text(container, 'resources', kind, resource)
    const total = (quantities: readonly (string | undefined)[]) =>
      sumOf(quantities.map(written => (written === undefined ? 0 : parseQuantity(written)))) / unit
    return {
      used: sumOf(pods.map(pod => usage.get(nameOf(pod))?.[resource] ?? 0)) / unit,
      requested: total(containers.map(declared('requests'))),
      limit: limited.some(one => declared('limits')(one) === undefined)
        ? undefined
        : total(containers.map(declared('limits'))),
    }
  }
  return { cpu: of('cpu', 1e-3), memory: of('memory', 1024 ** 2) }
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
