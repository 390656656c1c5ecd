// The endpoints of an environment: a node's port, Kourier, or the edge proxy before it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../cluster/command.ts'
import type { Endpoint } from '../cluster/http-probe.ts'
import { get, getItems, kindOf, kubectl, nameOf } from '../cluster/kubectl.ts'
import { forwardPort } from '../cluster/tunnels.ts'
import { at, type Json, list, text } from '../manifests/json.ts'
import { isEdgeProxy } from '../manifests/rules.ts'
import { type EnvironmentName, hostOf } from './overlay.ts'

/** Addresses of the nodes: a client of a node port uses one as the host. */
export const nodeAddresses = async (): Promise<readonly string[]> =>
  (await getItems`nodes`)
    .flatMap(node => list(node, 'status', 'addresses'))
    .filter(address => text(address, 'type')?.endsWith('IP'))
    .flatMap(address => text(address, 'address') ?? [])

/** Reads what `docker port` prints: a line for each address that is listened on. */
export function portIn(written: string): number | undefined {
  const port = /:(\d+)$/m.exec(written)?.[1]
  return port === undefined ? undefined : Number(port)
}

/** The port under which a kind node, which is a container here, publishes its own; undefined elsewhere. */
async function publishedPort(nodePort: number): Promise<number | undefined> {
  for (const node of await getItems`nodes`) {
    const port = portIn(await run`docker port ${nameOf(node)} ${nodePort}/tcp`.catch(() => ''))
    if (port !== undefined) return port
  }
  return undefined
}

/** The URL that clients prefix to a path; undefined where the overlay has it. */
export async function publicUrlOf(
  environment: EnvironmentName,
  objects: readonly Json[],
): Promise<string | undefined> {
  if (environment === 'phase1') return `http://${(await nodePortEndpoint(objects)).authority}`
  const port = await publishedGatewayPort('https')
  return port === undefined ? undefined : `https://${hostOf(objects)}:${port}`
}

/** Phase 1: a port of this machine where the cluster publishes one, otherwise of the first node. */
export async function nodePortEndpoint(objects: readonly Json[]): Promise<Endpoint> {
  const service = objects.find(object => nameOf(object) === 'iod-node-port')
  const nodePort = Number(at(service, 'spec', 'ports', 0, 'nodePort'))
  const port = await publishedPort(nodePort)
  if (port !== undefined) return { address: '127.0.0.1', port, authority: `localhost:${port}`, tls: false }
  const address = (await nodeAddresses())[0] ?? ''
  return { address, port: nodePort, authority: `${address}:${nodePort}`, tls: false }
}

export interface Gateway {
  readonly secure: Endpoint
  readonly plain: Endpoint
  close(): void
}

/** The gateway that serves the environment's host. Local hosts are verified by this checkout's CA. */
export async function openGateway(objects: readonly Json[]): Promise<Gateway> {
  const host = hostOf(objects)
  const caFile = join(root, '.kube/certificates/ca.crt')
  const ca = host.endsWith('localhost') && existsSync(caFile) ? readFileSync(caFile, 'utf8') : undefined
  const proxy = objects.find(isEdgeProxy)
  if (proxy !== undefined) {
    const address = await hostOfProxy(proxy)
    return {
      secure: { address, port: 443, authority: host, tls: true, ca },
      plain: { address, port: 80, authority: host, tls: false },
      close: () => undefined,
    }
  }
  const [secure, plain] = [await gatewayPort('https'), await gatewayPort('http2')]
  const address = '127.0.0.1'
  return {
    secure: { address, port: secure.port, authority: host + secure.suffix, tls: true, ca },
    plain: { address, port: plain.port, authority: host, tls: false },
    close() {
      secure.close()
      plain.close()
    },
  }
}

/** A port of this machine that leads to Kourier. Clients write a published one after the host; a forwarded one is ours alone. */
async function gatewayPort(name: 'http2' | 'https') {
  const port = await publishedGatewayPort(name)
  if (port !== undefined) return { port, suffix: `:${port}`, close: () => undefined }
  const containerPort = name === 'https' ? 8443 : 8080
  return {
    ...(await forwardPort('deployment/3scale-kourier-gateway', 'kourier-system', containerPort)),
    suffix: '',
  }
}

async function publishedGatewayPort(name: string): Promise<number | undefined> {
  const service = await get`service kourier --namespace kourier-system`
  const nodePort = at(
    list(service, 'spec', 'ports').find(one => text(one, 'name') === name),
    'nodePort',
  )
  return typeof nodePort === 'number' ? publishedPort(nodePort) : undefined
}

const proxyResource = (proxy: Json) =>
  kindOf(proxy) === 'HTTPRoute' ? 'gateways.gateway.networking.k8s.io' : 'ingresses.networking.k8s.io'

/** The command that shows the address for the host's DNS record. */
export function addressCommand(objects: readonly Json[]): string {
  const proxy = objects.find(isEdgeProxy)
  return proxy === undefined
    ? 'kubectl -n kourier-system get service kourier'
    : `kubectl get ${proxyResource(proxy)} --all-namespaces`
}

/** The controller writes its address into the status of the Ingress, or of the Gateway that the HTTPRoute names. */
async function hostOfProxy(proxy: Json): Promise<string> {
  const isRoute = kindOf(proxy) === 'HTTPRoute'
  const parent = isRoute ? at(proxy, 'spec', 'parentRefs', 0) : at(proxy, 'metadata')
  const [name = '', namespace = ''] = [text(parent, 'name'), text(parent, 'namespace')]
  const field = isRoute ? 'addresses' : 'loadBalancer.ingress'
  const target = `${proxyResource(proxy)}/${name}`
  await kubectl`wait ${target} --namespace ${namespace} --for=jsonpath={.status.${field}} --timeout=60s`
  const found = at(await get`${proxyResource(proxy)} ${name} --namespace ${namespace}`, 'status')
  const balancer = at(found, 'loadBalancer', 'ingress', 0)
  return text(balancer, 'ip') ?? text(balancer, 'hostname') ?? text(found, 'addresses', 0, 'value') ?? ''
}
