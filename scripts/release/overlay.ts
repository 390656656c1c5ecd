import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'
import { functionNames } from '../../functions/registry.ts'
import { root } from '../cluster/command.ts'
import { kubectl } from '../cluster/kubectl.ts'
import { type Json, list, text } from '../manifests/json.ts'

export const environments = [
  'kind',
  'phase1',
  'phase2',
  'phase3',
  'staging',
  'production',
  'behind-ingress',
  'behind-gateway',
] as const
export type EnvironmentName = (typeof environments)[number]

export interface OverlayOptions {
  /** A folder of knative/overlays. */
  readonly overlay: string
  /** What stands before `/iod-posts` in the names of the images. */
  readonly registry: string
  readonly tag: string
  /** Replaces the overlay's host; with its port, where clients use another one than 443. */
  readonly host?: string
  /** Replaces what clients write before a path. */
  readonly publicUrl?: string
  /** Other names that plain HTTP answers to: addresses of nodes. */
  readonly addresses?: readonly string[]
}

export const imageName = (registry: string, part: string, tag: string) => `${registry}/iod-${part}:${tag}`

/** The versions of kind/versions.env. */
export function versions(): Readonly<Record<string, string>> {
  const lines = readFileSync(join(root, 'kind/versions.env'), 'utf8').split('\n')
  return Object.fromEntries(
    lines.flatMap(line => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name, value]]
    }),
  )
}

const pinned = {
  postgres: 'POSTGRES_TAG',
  redis: 'REDIS_TAG',
  'edoburu/pgbouncer': 'PGBOUNCER_TAG',
  'prom/prometheus': 'PROMETHEUS_TAG',
  'quay.io/prometheuscommunity/postgres-exporter': 'POSTGRES_EXPORTER_TAG',
  'oliver006/redis_exporter': 'REDIS_EXPORTER_TAG',
}

/** The overlay with images, host and addresses of one release, as objects. Needs kubectl, and no cluster. */
export async function renderOverlay(options: OverlayOptions): Promise<readonly Json[]> {
  const folder = join(root, '.kube/release', options.overlay)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization(options)))
  const rendered = await kubectl`kustomize ${folder}`
  return parseAllDocuments(rendered).map((document): Json => document.toJS())
}

function kustomization({ overlay, registry, tag, host, publicUrl, addresses = [] }: OverlayOptions) {
  const version = versions()
  const names = addresses.map(address => ({ op: 'add', path: '/spec/rules/0/hosts/-', value: address }))
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [`../../../knative/overlays/${overlay}`],
    images: [
      ...[...functionNames, 'migrate'].map(name => ({
        name: `iod-${name}`,
        newName: `${registry}/iod-${name}`,
        newTag: tag,
      })),
      ...Object.entries(pinned).map(([name, variable]) => ({ name, newTag: version[variable] })),
    ],
    patches: [
      ...(host === undefined ? [] : hostPatches(host, overlay)),
      ...(publicUrl === undefined
        ? []
        : [{ target: theSettings, patch: replace('/data/PUBLIC_URL', publicUrl) }]),
      ...(names.length === 0 ? [] : [{ target: theIngress, patch: JSON.stringify(names) }]),
    ],
  }
}

const theIngress = { group: 'networking.internal.knative.dev', kind: 'Ingress', name: 'api' }
const theSettings = { kind: 'ConfigMap', name: 'functions' }
const replace = (path: string, value: unknown) => JSON.stringify([{ op: 'replace', path, value }])

/** Another controller owns the public address and ends TLS. */
const isBehindAnother = (overlay: string) => overlay.startsWith('behind-')

function hostPatches(host: string, overlay: string) {
  const name = host.split(':')[0]
  const inFront = { group: 'networking.k8s.io', kind: 'Ingress' }
  const endsTls = isBehindAnother(overlay) ? inFront : theIngress
  // What an overlay does not have is passed over.
  return [
    { target: theIngress, patch: replace('/spec/rules/0/hosts', [name]) },
    { target: inFront, patch: replace('/spec/rules/0/host', name) },
    { target: endsTls, patch: replace('/spec/tls/0/hosts', [name]) },
    { target: { kind: 'HTTPRoute' }, patch: replace('/spec/hostnames', [name]) },
    { target: { kind: 'Certificate' }, patch: replace('/spec/dnsNames', [name]) },
  ]
}

export const componentOf = (object: Json) =>
  text(object, 'metadata', 'labels', 'app.kubernetes.io/component') ?? ''

export const objectsOf = (objects: readonly Json[], ...components: readonly string[]) =>
  objects.filter(object => components.includes(componentOf(object)))

/** The namespace that an overlay's functions are in. */
export function namespaceOf(objects: readonly Json[]): string {
  const namespace = objects.find(object => text(object, 'kind') === 'Namespace')
  const name = text(namespace, 'metadata', 'name')
  if (name === undefined) throw new Error('the overlay makes no namespace')
  return name
}

const isIngress = (object: Json) =>
  text(object, 'apiVersion')?.startsWith('networking.internal.knative.dev/') === true

export interface Address {
  readonly hosts: readonly string[]
  readonly tls: boolean
}

/** The names that the overlay answers to. */
export function addressOf(objects: readonly Json[]): Address {
  const ingress = objects.find(isIngress)
  const hosts = list(ingress, 'spec', 'rules', 0, 'hosts').filter(host => typeof host === 'string')
  return { hosts, tls: text(ingress, 'spec', 'httpOption') === 'Redirected' }
}
