// Where an environment is reached from outside: at Kourier, or at the controller that stands in front of it.
import { get, kubectlSlowly } from '../cluster/command.ts'
import { forward } from '../cluster/port-forward.ts'
import { at, type Json, text } from '../manifests/json.ts'

export interface Gateway {
  readonly address: string
  /** Where it speaks TLS. */
  readonly securePort: number
  /** Where it speaks plain HTTP. */
  readonly plainPort: number
  close(): void
}

export const openGateway = (objects: readonly Json[]): Promise<Gateway> => {
  const front = objects.find(isInFront)
  return front === undefined ? forwardToKourier() : atAddressOf(front)
}

async function forwardToKourier(): Promise<Gateway> {
  const gateway = 'deployment/3scale-kourier-gateway'
  const secure = await forward(gateway, 'kourier-system', 8443)
  const plain = await forward(gateway, 'kourier-system', 8080)
  const close = () => {
    secure.close()
    plain.close()
  }
  return { address: '127.0.0.1', securePort: secure.port, plainPort: plain.port, close }
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
  return { address, securePort: 443, plainPort: 80, close: () => undefined }
}

async function whenIn(kind: string, named: Json | undefined, field: string): Promise<Json | undefined> {
  const [name = '', namespace = ''] = [text(named, 'name'), text(named, 'namespace')]
  const condition = `--for=jsonpath={.status.${field}}`
  await kubectlSlowly(['wait', `${kind}/${name}`, '--namespace', namespace, condition, '--timeout=60s'])
  return get(kind, name, '--namespace', namespace)
}
