// Changes that people make. None may fail a request.

import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { functionNames } from '../../../functions/registry.ts'
import { until } from '../../cli/until.ts'
import { execute, root } from '../../cluster/command.ts'
import { presentedCertificate } from '../../cluster/http-probe.ts'
import { applyServerSide, get, kubectl, kubectlWith } from '../../cluster/kubectl.ts'
import { localGateway, localHost } from '../../cluster/local-gateway.ts'
import { at, isRecord, type JsonRecord, text } from '../../manifests/json.ts'
import { latest, readService, setTraffic, untilReady } from '../../release/revisions.ts'
import { type Cluster, type Fault, unseen } from '../fault.ts'

const service = 'services.serving.knative.dev/posts'

/** A node of two cores has room for one more pod, and Knative gives up a revision whose first pod finds none. */
const untilRoom = (namespace: string) =>
  until(
    'each function has one pod only',
    async () => {
      const pods =
        await kubectl`get pods --namespace ${namespace} --selector serving.knative.dev/service --output name`
      return pods.trim().split('\n').length <= functionNames.length
    },
    90,
  )

async function patchPosts({ api, namespace }: Cluster, patch: object): Promise<void> {
  await untilRoom(namespace)
  const options = ['--type=json', '--patch', JSON.stringify(patch)]
  await kubectl`patch ${service} --namespace ${namespace} ${options}`
  await untilReady(api, { name: 'posts', namespace })
}

const annotate = (value: string) => [
  { op: 'add', path: '/spec/template/metadata/annotations/iod-functions~1chaos', value },
]

/** A revision whose template differs in nothing but a mark. */
async function rollOut(cluster: Cluster): Promise<void> {
  await patchPosts(cluster, annotate(new Date().toISOString()))
  await cluster.hold(5)
}

async function canaryAndRollback(cluster: Cluster): Promise<void> {
  const { api, namespace } = cluster
  const before = (await readService('posts', namespace)).latestReady
  const named = { name: 'posts', namespace }
  await setTraffic(api, named, [{ revision: before, percent: 100 }])
  await patchPosts(cluster, annotate(new Date().toISOString()))
  const { latestReady: candidate } = await readService('posts', namespace)
  await setTraffic(api, named, [
    { revision: before, percent: 50 },
    { revision: candidate, percent: 50 },
  ])
  await cluster.hold(4)
  const environment = { FUNCTION: 'posts', REVISION: before }
  await execute(process.execPath, ['scripts/release/rollback.ts'], { environment })
  await cluster.hold(2)
  await setTraffic(api, named, [{ revision: latest, percent: 100 }])
}

/** Copies of the ConfigMap and of the Secret under other names, as a deployment with other values makes them. */
async function changeConfiguration(cluster: Cluster): Promise<void> {
  const { namespace } = cluster
  const template = '/spec/template/spec/containers/0'
  const deployed = await get`${service} --namespace ${namespace}`
  const container = at(deployed, 'spec', 'template', 'spec', 'containers', 0)
  const map = text(container, 'envFrom', 0, 'configMapRef', 'name') ?? ''
  const secret = text(container, 'env', 0, 'valueFrom', 'secretKeyRef', 'name') ?? ''
  await copy(namespace, 'ConfigMap', map, { LOG_LEVEL: 'warn' })
  await copy(namespace, 'Secret', secret)
  const refer = (mapName: string, secretName: string) => [
    { op: 'replace', path: `${template}/envFrom/0/configMapRef/name`, value: mapName },
    { op: 'replace', path: `${template}/env/0/valueFrom/secretKeyRef/name`, value: secretName },
  ]
  try {
    await patchPosts(cluster, refer('chaos', 'chaos'))
    await cluster.hold(3)
  } finally {
    await patchPosts(cluster, refer(map, secret))
    await cluster.hold(2)
    await kubectl`delete configmap/chaos secret/chaos --namespace ${namespace}`
  }
}

async function copy(namespace: string, kind: string, name: string, more: JsonRecord = {}): Promise<void> {
  const data = at(await get`${kind} ${name} --namespace ${namespace}`, 'data')
  if (!isRecord(data)) throw new Error(`there is no ${kind} ${name}`)
  const metadata = { name: 'chaos', namespace }
  await applyServerSide([{ apiVersion: 'v1', kind, metadata, data: { ...data, ...more } }])
}

/** Waits without traffic until Knative decides on zero, and sends again while the last pod ends. */
async function scaleToZero({ namespace, load, hold }: Cluster): Promise<void> {
  load.pause()
  try {
    const scale = ['--for=jsonpath={.status.desiredScale}=0', '--timeout=120s']
    await kubectl`wait podautoscalers --namespace ${namespace} --selector serving.knative.dev/service=posts ${scale}`
  } finally {
    load.resume()
  }
  await hold(6)
}

async function rotateKeys(): Promise<void> {
  await execute(process.execPath, ['scripts/secrets/rotate-keys.ts'], { environment: { ON: 'cluster' } })
}

async function replaceCertificate({ hold }: Cluster): Promise<void> {
  const file = (type: string) => join(root, `.kube/certificates/${localHost}.${type}`)
  for (const type of ['crt', 'key']) if (existsSync(file(type))) rmSync(file(type))
  await execute('kind/host-certificate.sh', [localHost])
  const expected = new X509Certificate(readFileSync(file('crt'))).fingerprint256
  const files = [`--cert=${file('crt')}`, `--key=${file('key')}`, '--dry-run=client', '--output=yaml']
  const input = await kubectl`create secret tls api-certificate --namespace knative-serving ${files}`
  await kubectlWith({ input })`apply --server-side --force-conflicts --filename=-`
  // Kourier's controller reads the one certificate of all hosts when it starts, as kind/platform.sh has it restart.
  await kubectl`rollout restart deployment/net-kourier-controller --namespace knative-serving`
  const { secure } = localGateway()
  await until(
    'the gateway presents the new certificate',
    async () => (await presentedCertificate(secure)).fingerprint256 === expected,
  )
  await hold(3)
}

export const releaseFaults: readonly Fault[] = [
  unseen('rollout', 'posts: new revision', rollOut),
  unseen('canary', 'posts: half to a new revision, then back', canaryAndRollback),
  unseen('configuration', 'posts: another ConfigMap and Secret, and back', changeConfiguration),
  // The pause is part of the fault.
  unseen('zero', 'traffic stops, and begins again while the last pod ends', scaleToZero, 125_000),
  unseen('keys', 'signing keys rotated', rotateKeys),
  unseen('certificate', "the gateway's certificate replaced", replaceCertificate),
]
