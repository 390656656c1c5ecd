// Processes of the cluster's containers. The functions' images have no shell, so signals come from the node, which is a
// container of Docker.
import { execute } from '../cluster/command.ts'
import { getItems, nameOf } from '../cluster/kubectl.ts'

export type Signal = 'KILL' | 'STOP' | 'CONT'

interface Containers {
  readonly namespace: string
  readonly container: string
  /** The beginning of the pod's name; every pod otherwise. */
  readonly pod?: string
}

/** Sends a signal to the main process of each container and to its children, all in one step. */
const script = `
for id in $(crictl ps --quiet --name "^$3\\$" --label "io.kubernetes.pod.namespace=$2"); do
  if [ -n "$4" ]; then
    crictl inspect --output go-template --template '{{index .status.labels "io.kubernetes.pod.name"}}' "$id" | grep -q "^$4" || continue
  fi
  pid=$(crictl inspect --output go-template --template '{{.info.pid}}' "$id")
  kill -s "$1" "$pid" $(pgrep -P "$pid") && echo "$pid"
done`

const nodeNames = async () => (await getItems`nodes`).map(nameOf)

/** Runs a shell script as root on every node, and resolves with what was printed. */
export async function onNodes(text: string, args: readonly string[] = []): Promise<string> {
  const outputs: string[] = []
  for (const node of await nodeNames())
    outputs.push(await execute('docker', ['exec', node, 'sh', '-c', text, 'sh', ...args]))
  return outputs.join('')
}

export async function signal(name: Signal, { namespace, container, pod = '' }: Containers): Promise<void> {
  const pids = await onNodes(script, [name, namespace, container, pod])
  if (pids.trim() === '') throw new Error(`no process of ${container} ${pod} in ${namespace} runs`)
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
