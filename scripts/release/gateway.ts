// Where an environment is reached from outside: at Kourier, or at the controller that stands in front of it.
import { get, kubectlSlowly } from '../cluster/command.ts'
import { at, type Json, text } from '../manifests/json.ts'
import { gatewayPort } from './outside.ts'

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

const isGroup = (object: Json, group: string) => text(object, 'apiVersion')?.startsWith(`${group}/`) === true

/** What hands the host to Kourier; Knative's own Ingress is of another group. */
const isInFront = (object: Json) =>
  text(object, 'kind') === 'HTTPRoute' ||
  (text(object, 'kind') === 'Ingress' && isGroup(object, 'networking.k8s.io'))

/** The controller writes where it listens into a status: of the Ingress, or of the Gateway that the route is for. */
async function atAddressOf(front: Json): Promise<Gateway> {
  const found =
    text(front, 'kind') === 'HTTPRoute'
      ? await whenIn('gateways.gateway.networking.k8s.io', at(front, 'spec', 'parentRefs', 0), 'addresses')
      : await whenIn('ingresses.networking.k8s.io', at(front, 'metadata'), 'loadBalancer.ingress')
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
