// Where an environment answers: on a node's port, at Kourier, or at the controller that stands in front of it.
import { get, kubectlSlowly } from '../cluster/command.ts'
import { forward } from '../cluster/port-forward.ts'
import { nodeAddresses, publishedPort } from '../cluster/published-port.ts'
import { at, type Json, list, text } from '../manifests/json.ts'
import { isInFront } from '../manifests/rules.ts'
import type { Place } from './ask.ts'
import { addressOf, type EnvironmentName } from './overlay.ts'

/** What clients write before a path; undefined where it is as the overlay has it. */
export async function publicUrlOf(
  environment: EnvironmentName,
  objects: readonly Json[],
): Promise<string | undefined> {
  if (environment === 'phase1') return `http://${(await nodePortPlace(objects)).host}`
  const port = await publishedGatewayPort('https')
  return port === undefined ? undefined : `https://${addressOf(objects).hosts[0]}:${port}`
}

/** Phase 1: a port of this machine where the cluster publishes one, otherwise of the first node. */
export async function nodePortPlace(objects: readonly Json[]): Promise<Place> {
  const service = objects.find(object => text(object, 'metadata', 'name') === 'iod-node-port')
  const nodePort = Number(at(service, 'spec', 'ports', 0, 'nodePort'))
  const port = await publishedPort(nodePort)
  if (port !== undefined) return { address: '127.0.0.1', port, host: `localhost:${port}`, tls: false }
  const address = (await nodeAddresses())[0] ?? ''
  return { address, port: nodePort, host: `${address}:${nodePort}`, tls: false }
}

export interface Gateway {
  readonly address: string
  /** Where it speaks TLS. */
  readonly securePort: number
  /** Where it speaks plain HTTP. */
  readonly plainPort: number
  /** What clients write after the host; undefined where it is 443, or where only this command can use the port. */
  readonly writtenPort: number | undefined
  close(): void
}

export const openGateway = (objects: readonly Json[]): Promise<Gateway> => {
  const front = objects.find(isInFront)
  return front === undefined ? atKourier() : atAddressOf(front)
}

async function atKourier(): Promise<Gateway> {
  const secure = await gatewayPort('https')
  const plain = await gatewayPort('http2')
  const close = () => {
    secure.close()
    plain.close()
  }
  const writtenPort = secure.isPublished ? secure.port : undefined
  return { address: '127.0.0.1', securePort: secure.port, plainPort: plain.port, writtenPort, close }
}

/** A port of this machine that leads to a port of Kourier's gateway. */
interface GatewayPort {
  readonly port: number
  /** Whether clients on this machine can use it too; otherwise it is there until it is closed. */
  readonly isPublished: boolean
  close(): void
}

async function gatewayPort(name: 'http2' | 'https'): Promise<GatewayPort> {
  const port = await publishedGatewayPort(name)
  if (port !== undefined) return { port, isPublished: true, close: () => undefined }
  const containerPort = name === 'https' ? 8443 : 8080
  const forwarded = await forward('deployment/3scale-kourier-gateway', 'kourier-system', containerPort)
  return { ...forwarded, isPublished: false }
}

async function publishedGatewayPort(name: string): Promise<number | undefined> {
  const service = await get('service', 'kourier', '--namespace', 'kourier-system')
  const port = list(service, 'spec', 'ports').find(one => text(one, 'name') === name)
  const nodePort = at(port, 'nodePort')
  return typeof nodePort === 'number' ? publishedPort(nodePort) : undefined
}

const kindsInFront = {
  HTTPRoute: 'gateways.gateway.networking.k8s.io',
  Ingress: 'ingresses.networking.k8s.io',
}

/** The command that shows the address which the host's name must lead to. */
export function addressCommand(objects: readonly Json[]): string {
  const front = objects.find(isInFront)
  if (front === undefined) return 'kubectl -n kourier-system get service kourier'
  const kind = text(front, 'kind') === 'HTTPRoute' ? kindsInFront.HTTPRoute : kindsInFront.Ingress
  return `kubectl get ${kind} --all-namespaces`
}

/** The controller writes where it listens into a status: of the Ingress, or of the Gateway that the route is for. */
async function atAddressOf(front: Json): Promise<Gateway> {
  const found =
    text(front, 'kind') === 'HTTPRoute'
      ? await whenIn(kindsInFront.HTTPRoute, at(front, 'spec', 'parentRefs', 0), 'addresses')
      : await whenIn(kindsInFront.Ingress, at(front, 'metadata'), 'loadBalancer.ingress')
  const [balancer, listener] = [
    at(found, 'status', 'loadBalancer', 'ingress', 0),
    at(found, 'status', 'addresses', 0),
  ]
  const address = text(balancer, 'ip') ?? text(balancer, 'hostname') ?? text(listener, 'value') ?? ''
  return { address, securePort: 443, plainPort: 80, writtenPort: undefined, close: () => undefined }
}

async function whenIn(kind: string, named: Json | undefined, field: string): Promise<Json | undefined> {
  const [name = '', namespace = ''] = [text(named, 'name'), text(named, 'namespace')]
  const condition = `--for=jsonpath={.status.${field}}`
  await kubectlSlowly(['wait', `${kind}/${name}`, '--namespace', namespace, condition, '--timeout=60s'])
  return get(kind, name, '--namespace', namespace)
}
