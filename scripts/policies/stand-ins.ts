// Pods with the labels of the real ones: NetworkPolicies select by nothing else, and these have Node to connect with.
import * as v from 'valibot'
import { functionNames } from '../../functions/registry.ts'
import { parseOptions, yesOrNo } from '../cli/options.ts'
import { apply, getItems, kubectl, nameOf } from '../cluster/kubectl.ts'
import { at, isRecord, type Json, type JsonRecord, text } from '../manifests/json.ts'
import { readOverlay } from '../manifests/rendered.ts'
import { isFunction } from '../manifests/rules.ts'
import { namespaceOf } from '../release/overlay.ts'
import { connectScript, listenScript } from './connect.ts'
import { isFunctionName, passingFrom, type Source, sources, type Target, targets } from './connections.ts'

const objects = readOverlay('phase3')

/** Phase 3 has all that the policies are for, with its data in the cluster; NEIGHBOURS=yes where it is deployed so. */
export const stage = {
  ...{ objects, namespace: namespaceOf(objects) },
  wakesNeighbours: parseOptions({ NEIGHBOURS: yesOrNo }).NEIGHBOURS,
}

const mark = 'iod-functions/stand-in'
/** A namespace without policies: to those of the functions' namespace it is any other address. */
const outsideNamespace = 'iod-outside'
const outsidePorts = [443, 5432, 587]
const functionPorts = [8012, 8013, 8080, 9090, 9091, 9095]

const podName = (source: Source) => `stand-in-${source}`

function namespaceOfPod(source: Source): string {
  if (source === 'stranger') return outsideNamespace
  return source === 'knative-serving' || source === 'kourier-system' ? source : stage.namespace
}

const unlabeled: readonly Source[] = ['neighbor', 'knative-serving', 'kourier-system', 'stranger']

/** The labels that Knative gives a function's pods, or those of the pod template in the manifests. */
function labelsOf(source: Source): JsonRecord {
  if (isFunctionName(source)) return { 'serving.knative.dev/service': source }
  if (unlabeled.includes(source)) return {}
  // The operator labels its instances; those of any cluster are selected.
  if (source === 'postgres') return { 'cnpg.io/cluster': 'stand-in' }
  const labels = objects
    .filter(object => !isFunction(object) && nameOf(object) === source)
    .map(object => at(object, 'spec', 'template', 'metadata', 'labels'))
    .find(isRecord)
  if (labels === undefined) throw new Error(`the manifests have no pods named ${source}`)
  return labels
}

function podOf(source: Source, image: string): Json {
  const ports = isFunctionName(source) ? functionPorts : source === 'stranger' ? outsidePorts : []
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(source),
      namespace: namespaceOfPod(source),
      labels: { ...labelsOf(source), [mark]: 'yes' },
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      // Never ready, so that no Service sends it the requests of the pod whose labels it has.
      readinessGates: [{ conditionType: 'iod-functions/never' }],
      containers: [
        {
          name: 'node',
          image,
          command: ['/nodejs/bin/node', '-e', listenScript, JSON.stringify(ports)],
          resources: { requests: { cpu: '1m', memory: '32Mi' } },
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            seccompProfile: { type: 'RuntimeDefault' },
          },
        },
      ],
    },
  }
}

/** Creates the stand-ins, and resolves when each runs. */
export async function createStandIns(): Promise<void> {
  await removeStandIns()
  const [service] = await getItems`services.serving.knative.dev --namespace ${stage.namespace}`
  const image = text(service, 'spec', 'template', 'spec', 'containers', 0, 'image')
  if (image === undefined)
    throw new Error(`There is no function in ${stage.namespace}: run make deploy-phase3.`)
  await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: outsideNamespace } }])
  await apply(sources.map(source => podOf(source, image)))
  await Promise.all(
    sources.map(source => {
      const condition = ['--for=jsonpath={.status.phase}=Running', '--timeout=60s']
      return kubectl`wait pod/${podName(source)} --namespace ${namespaceOfPod(source)} ${condition}`
    }),
  )
}

export async function removeStandIns(): Promise<void> {
  for (const namespace of new Set(sources.map(source => namespaceOfPod(source))))
    if (namespace !== outsideNamespace)
      await kubectl`delete pods --namespace ${namespace} --selector ${mark} --ignore-not-found`
  await kubectl`delete namespace ${outsideNamespace} --ignore-not-found`
}

async function podAddress(namespace: string, selector: string): Promise<string> {
  const [pod] = await getItems`pods --namespace ${namespace} --selector ${selector}`
  const address = text(pod, 'status', 'podIP')
  if (address === undefined) throw new Error(`${namespace} has no running pod with ${selector}`)
  return address
}

/** Where each target is: a Service by its name, and a pod that has none by its address. */
async function hostOf(target: Target, source: Source): Promise<string> {
  const { namespace } = stage
  const [name = ''] = target.split(':')
  // No policy limits a pod's connections to itself.
  const other = functionNames.find(one => one !== source)

  if (name === 'API server') return 'kubernetes.default.svc'
  if (name === 'activator') return 'activator-service.knative-serving.svc'
  if (name === 'gateway') return podAddress('kourier-system', 'app=3scale-kourier-gateway')
  if (name === 'outside') return podAddress(outsideNamespace, mark)
  if (name === 'function') return podAddress(namespace, `${mark},serving.knative.dev/service=${other}`)
  if (target === 'postgres:9187')
    return podAddress(namespace, 'cnpg.io/cluster=postgres,cnpg.io/podRole=instance')
  if (name.endsWith('exporter') || name === 'prometheus')
    return podAddress(namespace, `app.kubernetes.io/name=${name},!${mark}`)
  return `${name === 'postgres' ? 'postgres-rw' : name}.${namespace}.svc`
}

const settleMs = 15_000

/** Resolves with the targets that a source reaches. */
export async function reachable(source: Source): Promise<readonly string[]> {
  const options = {
    deadlineMs: settleMs,
    targets: await Promise.all(
      targets.map(async name => ({
        name,
        host: await hostOf(name, source),
        port: Number(name.split(':')[1]),
        passes: passingFrom(source, stage).includes(name),
      })),
    ),
  }
  const command = ['/nodejs/bin/node', '-e', connectScript, JSON.stringify(options)]
  const place = ['--namespace', namespaceOfPod(source), podName(source)]
  return v.parse(v.array(v.string()), JSON.parse(await kubectl`exec ${place} -- ${command}`))
}
