// Where an environment answers, as this machine reaches it.
import { get, run } from '../cluster/command.ts'
import { forward } from '../cluster/port-forward.ts'
import { at, type Json, list, text } from '../manifests/json.ts'
import type { Place } from './ask.ts'
import { addressOf, type EnvironmentName } from './overlay.ts'

const nodes = async () => list(await get('nodes'), 'items')

/** Addresses of the nodes, so that what listens on a node's port answers to them. */
export const nodeAddresses = async (): Promise<readonly string[]> =>
  (await nodes()).flatMap(node =>
    list(node, 'status', 'addresses')
      .filter(address => text(address, 'type')?.endsWith('IP'))
      .flatMap(address => text(address, 'address') ?? []),
  )

/** The port in what `docker port` writes: one line for each address that is listened at. */
export function portIn(written: string): number | undefined {
  const port = /:(\d+)$/m.exec(written)?.[1]
  return port === undefined ? undefined : Number(port)
}

/** The port of this machine that a kind node, which is a container here, publishes its own as; undefined elsewhere. */
async function publishedPort(nodePort: number): Promise<number | undefined> {
  for (const node of await nodes()) {
    const name = text(node, 'metadata', 'name') ?? ''
    const port = portIn(await run('docker', ['port', name, `${nodePort}/tcp`]).catch(() => ''))
    if (port !== undefined) return port
  }
  return undefined
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

/** A port of this machine that leads to a port of Kourier's gateway. */
export interface GatewayPort {
  readonly port: number
  /** Whether clients on this machine can use it too; otherwise it is there until it is closed. */
  readonly isPublished: boolean
  close(): void
}

export async function gatewayPort(name: 'http2' | 'https'): Promise<GatewayPort> {
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

/** What clients write before a path; undefined where it is as the overlay has it. */
export async function publicUrlOf(
  environment: EnvironmentName,
  objects: readonly Json[],
): Promise<string | undefined> {
  if (environment === 'phase1') return `http://${(await nodePortPlace(objects)).host}`
  const port = await publishedGatewayPort('https')
  return port === undefined ? undefined : `https://${addressOf(objects).hosts[0]}:${port}`
}
