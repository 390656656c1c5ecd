import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import type { Template } from './copies.ts'

export interface PodSetting {
  readonly name: string
  change(template: Template): Template
}

const annotate = (name: string, value: string) => (template: Template) => ({
  ...template,
  metadata: { annotations: { ...template.metadata?.annotations, [name]: value } },
})

const changeContainer = (members: Readonly<Record<string, unknown>>) => (template: Template) => {
  const [container] = template.spec.containers
  const containers: Template['spec']['containers'] = [{ ...container, ...members }]
  return { ...template, spec: { ...template.spec, containers } }
}

const requestCpu = (cpu: string) =>
  changeContainer({ resources: { requests: { cpu, memory: '96Mi' }, limits: { memory: '512Mi' } } })

const queueCpu = 'queue.sidecar.serving.knative.dev/cpu-resource-request'

const changePod = (members: Readonly<Record<string, unknown>>) => (template: Template) => ({
  ...template,
  spec: { ...template.spec, ...members },
})

/** What an earlier design did: the same keys, mounted. */
const mountKeys = (template: Template) =>
  changePod({ volumes: [{ name: 'jwt', secret: { secretName: 'jwks' } }] })(
    changeContainer({ volumeMounts: [{ name: 'jwt', mountPath: '/run/secrets/jwt', readOnly: true }] })(
      template,
    ),
  )

/** Another build of the function, or another low-level runtime: measured where the one who measures has them. */
const supplied: readonly PodSetting[] = [
  ...(process.env['OTHER_IMAGE'] ?? '')
    .split(',')
    .filter(image => image !== '')
    .map(image => ({ name: `image ${image}`, change: changeContainer({ image }) })),
  ...(process.env['RUNTIME_CLASS'] ?? '')
    .split(',')
    .filter(runtime => runtime !== '')
    .map(name => ({ name: `runtime class ${name}`, change: changePod({ runtimeClassName: name }) })),
]

export const podSettings: readonly PodSetting[] = [
  { name: 'queue-proxy asks for 100m CPU', change: annotate(queueCpu, '100m') },
  { name: 'function asks for 10m CPU', change: requestCpu('10m') },
  { name: 'function asks for 250m CPU', change: requestCpu('250m') },
  {
    name: 'tcp probe',
    change: changeContainer({ readinessProbe: { tcpSocket: { port: 0 }, successThreshold: 1 } }),
  },
  {
    name: 'probe with a period of 1 s',
    change: changeContainer({ readinessProbe: { httpGet: { path: '/healthz', port: 0 }, periodSeconds: 1 } }),
  },
  { name: 'no code cache', change: changeContainer({ args: ['main.cjs'] }) },
  { name: 'a mounted Secret', change: mountKeys },
  { name: 'activation-scale 2', change: annotate('autoscaling.knative.dev/activation-scale', '2') },
  { name: 'timeoutSeconds 10 (and with it the grace period)', change: changePod({ timeoutSeconds: 10 }) },
  ...supplied,
]

export interface ClusterSetting {
  readonly name: string
  set(cluster: Cluster): Promise<void>
  reset(cluster: Cluster): Promise<void>
}

const serving = ['-n', 'knative-serving'] as const

async function rollOutActivator(cluster: Cluster): Promise<void> {
  await cluster.kubectl('rollout', 'status', 'deployment/activator', ...serving, '--timeout=120s')
  // The autoscaler and the gateway find the new one a moment later.
  await sleep(8_000)
}

async function meshMode(cluster: Cluster, mode: string): Promise<void> {
  const patch = JSON.stringify({ data: { 'mesh-compatibility-mode': mode } })
  await cluster.kubectl('patch', 'configmap', 'config-network', ...serving, '--type=merge', '-p', patch)
  await cluster.kubectl('rollout', 'restart', 'deployment/activator', ...serving)
  await rollOutActivator(cluster)
}

const activatorVariable = (name: string, usual: string, value: string): ClusterSetting => {
  const change = async (cluster: Cluster, assignment: string) => {
    await cluster.kubectl('set', 'env', 'deployment/activator', ...serving, assignment)
    await rollOutActivator(cluster)
  }
  return {
    name: `activator ${name}=${value}`,
    set: cluster => change(cluster, `${name}=${value}`),
    reset: cluster => change(cluster, usual === '' ? `${name}-` : `${name}=${usual}`),
  }
}

const onNode = (script: string) => execFileSync('docker', ['exec', 'iod-control-plane', 'sh', '-ec', script])
const kubeletConfig = '/var/lib/kubelet/config.yaml'

/** On the node of kind: a restarted kubelet leaves the pods alone. */
async function setKubeletGate(gate: string, isOn: boolean): Promise<void> {
  onNode(`sed -i '/^featureGates:/,/^[^ ]/{/^featureGates:/d;/^  /d}' ${kubeletConfig}
    printf 'featureGates:\\n  ${gate}: ${isOn}\\n' >>${kubeletConfig}; systemctl restart kubelet`)
  await sleep(10_000)
}

/** The kubelet starts a static pod again when its manifest has changed. */
async function setApiRate(flags: string): Promise<void> {
  for (const pod of ['kube-scheduler', 'kube-controller-manager']) {
    const file = `/etc/kubernetes/manifests/${pod}.yaml`
    onNode(`sed '/--kube-api-/d' ${file} >/tmp/${pod}; sed -i 's/^    - ${pod}$/&${flags}/' /tmp/${pod}
      cp /tmp/${pod} ${file}`)
  }
  // Until both have been elected leader again.
  await sleep(45_000)
}

export const clusterSettings: readonly ClusterSetting[] = [
  {
    name: 'mesh-compatibility-mode: auto',
    set: cluster => meshMode(cluster, 'auto'),
    reset: cluster => meshMode(cluster, 'disabled'),
  },
  activatorVariable('PROBE_FREQUENCY', '', '20ms'),
  activatorVariable('PROBE_TIMEOUT', '', '1s'),
  {
    name: 'kubelet PLEGOnDemandRelist=false',
    set: () => setKubeletGate('PLEGOnDemandRelist', false),
    reset: () => setKubeletGate('PLEGOnDemandRelist', true),
  },
  {
    name: 'scheduler and controller-manager --kube-api-qps=200',
    set: () => setApiRate('\\n    - --kube-api-qps=200\\n    - --kube-api-burst=400'),
    reset: () => setApiRate(''),
  },
]
