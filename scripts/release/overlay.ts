import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { functionNames } from '../../functions/registry.ts'
import { processName as together } from '../../functions/shared/together.ts'
import { root } from '../cluster/command.ts'
import { fromYaml, kindOf, kubectl, nameOf } from '../cluster/kubectl.ts'
import { versions } from '../cluster/tools.ts'
import { type Json, text } from '../manifests/json.ts'

export const environments = [
  'kind',
  'phase1',
  'phase2',
  'phase3',
  'staging',
  'production',
  'production-in-cluster',
  'behind-ingress',
  'behind-gateway',
] as const
export type EnvironmentName = (typeof environments)[number]

export interface OverlayOptions {
  /** A folder of knative/overlays. */
  readonly overlay: string
  /** Precedes `/iod-posts` in the names of the images. */
  readonly registry: string
  readonly tag: string
  /** The digests of published images by part, `sha256:…`; they take the place of the tag. */
  readonly digests?: Readonly<Record<string, string>>
  /** Replaces the overlay's host; with a port unless clients use 443. */
  readonly host?: string
  /** Replaces the URL that clients prefix to a path. */
  readonly publicUrl?: string
  /** Further hosts of plain HTTP: addresses of nodes. */
  readonly addresses?: readonly string[]
  /** Further folders of knative/components. */
  readonly components?: readonly string[]
}

/** What has an image of its own beside the migrations: each function, and all of them together. */
export const processNames: readonly string[] = [...functionNames, together]
export const imageParts: readonly string[] = ['migrate', ...processNames]
export const imageName = (registry: string, part: string, tag: string) => `${registry}/iod-${part}:${tag}`

const pinned = {
  postgres: 'POSTGRES_TAG',
  redis: 'REDIS_TAG',
  'edoburu/pgbouncer': 'PGBOUNCER_TAG',
  'prom/prometheus': 'PROMETHEUS_TAG',
  'quay.io/prometheuscommunity/postgres-exporter': 'POSTGRES_EXPORTER_TAG',
  'oliver006/redis_exporter': 'REDIS_EXPORTER_TAG',
  'ghcr.io/cloudnative-pg/postgresql': 'CNPG_POSTGRES_TAG',
  'ghcr.io/versity/versitygw': 'VERSITYGW_TAG',
}

/** Renders the overlay with the images, host and addresses of one release. Needs kubectl, and no cluster. */
export async function renderOverlay(options: OverlayOptions): Promise<readonly Json[]> {
  // A folder of its own: another command may render the same overlay at the same time.
  const parent = join(root, '.kube/release')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, `${options.overlay}-`))
  try {
    writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization(options)))
    return fromYaml(await kubectl`kustomize ${folder}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function kustomization(options: OverlayOptions) {
  const { overlay, registry, tag, digests, host, publicUrl, addresses = [], components = [] } = options
  const version = versions()
  const names = addresses.map(address => ({ op: 'add', path: '/spec/rules/0/hosts/-', value: address }))
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [`../../../knative/overlays/${overlay}`],
    components: components.map(name => `../../../knative/components/${name}`),
    images: [
      ...imageParts.map(name => ({
        name: `iod-${name}`,
        newName: `${registry}/iod-${name}`,
        ...(digests?.[name] === undefined ? { newTag: tag } : { digest: digests[name] }),
      })),
      ...Object.entries(pinned).map(([name, variable]) => ({ name, newTag: version[variable] })),
    ],
    patches: [
      ...(host === undefined ? [] : hostPatches(host, overlay)),
      ...(publicUrl === undefined
        ? []
        : [{ target: settings, patch: replace('/data/PUBLIC_URL', publicUrl) }]),
      ...(names.length === 0 ? [] : [{ target: ingressTarget, patch: JSON.stringify(names) }]),
    ],
  }
}

const ingressTarget = { group: 'networking.internal.knative.dev', kind: 'Ingress', name: 'api' }
const settings = { kind: 'ConfigMap', name: 'functions' }
const replace = (path: string, value: unknown) => JSON.stringify([{ op: 'replace', path, value }])

/** Another controller owns the public address and terminates TLS. */
const isBehindProxy = (overlay: string) => overlay.startsWith('behind-')

function hostPatches(host: string, overlay: string) {
  const name = host.split(':')[0]
  const edgeIngress = { group: 'networking.k8s.io', kind: 'Ingress' }
  const tlsTarget = isBehindProxy(overlay) ? edgeIngress : ingressTarget
  // Kustomize ignores patches without a target.
  return [
    { target: ingressTarget, patch: replace('/spec/rules/0/hosts', [name]) },
    { target: edgeIngress, patch: replace('/spec/rules/0/host', name) },
    { target: tlsTarget, patch: replace('/spec/tls/0/hosts', [name]) },
    { target: { kind: 'HTTPRoute' }, patch: replace('/spec/hostnames', [name]) },
    { target: { kind: 'Certificate' }, patch: replace('/spec/dnsNames', [name]) },
  ]
}

/** Returns the objects of a component: settings, data, function, ingress, monitoring. */
export const objectsOf = (objects: readonly Json[], component: string) =>
  objects.filter(object => text(object, 'metadata', 'labels', 'app.kubernetes.io/component') === component)

/** Returns the namespace of the overlay's functions. */
export function namespaceOf(objects: readonly Json[]): string {
  const namespace = objects.find(object => kindOf(object) === 'Namespace')
  if (namespace === undefined) throw new Error('there is no Namespace among the objects')
  return nameOf(namespace)
}

/** Returns the host of the overlay's Knative Ingress. */
export function hostOf(objects: readonly Json[]): string {
  const ingress = objects.find(object => text(object, 'apiVersion')?.startsWith(ingressTarget.group))
  return text(ingress, 'spec', 'rules', 0, 'hosts', 0) ?? ''
}
