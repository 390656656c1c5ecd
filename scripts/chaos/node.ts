// Processes of the cluster's containers. The functions' images have no shell, so signals come from the node, which is a
// container of Docker.
import { execute } from '../cluster/command.ts'
import { getItems, nameOf } from '../cluster/kubectl.ts'
import { list, text } from '../manifests/json.ts'

export type Signal = 'KILL' | 'STOP' | 'CONT'

interface Containers {
  readonly namespace: string
  readonly container: string
  /** The beginning of the pod's name; every pod otherwise. */
  readonly pod?: string
}

/** Prints the processes whose cgroup is that of one of the containers. */
export const findProcesses =
  'find_processes() { for id; do grep -l "$id" /proc/[0-9]*/cgroup 2>/dev/null | cut -d / -f 3; done; }'

export async function containerIds({ namespace, container, pod = '' }: Containers) {
  const pods = await getItems`pods --namespace ${namespace}`
  return pods
    .filter(one => nameOf(one).startsWith(pod))
    .flatMap(one => list(one, 'status', 'containerStatuses'))
    .filter(status => text(status, 'name') === container)
    .flatMap(status => text(status, 'containerID')?.replace(/^.*:\/\//, '') ?? [])
}

/** Runs a shell script as root on every node, and resolves with what was printed. */
export async function onNodes(script: string, args: readonly string[]): Promise<string> {
  const outputs: string[] = []
  for (const node of (await getItems`nodes`).map(nameOf))
    outputs.push(await execute('docker', ['exec', node, 'sh', '-c', script, 'sh', ...args]))
  return outputs.join('')
}

/** Sends a signal to all processes of the containers. */
export async function signal(name: Signal, containers: Containers): Promise<void> {
  const script = `${findProcesses}
    name=$1; shift
    for pid in $(find_processes "$@"); do kill -s "$name" "$pid" && echo "$pid"; done || true`
  const pids = await onNodes(script, [name, ...(await containerIds(containers))])
  if (pids.trim() === '') throw new Error(`no process of ${containers.container} runs`)
}

/** Stops the containers' processes while `work` goes on, and continues them in any case. */
export async function whileStopped(containers: Containers, work: () => Promise<void>): Promise<void> {
  await signal('STOP', containers)
  try {
    await work()
  } finally {
    await signal('CONT', containers)
  }
}
