// Addresses and ports of the nodes, as this machine reaches them.

import { list, text } from '../manifests/json.ts'
import { get, run } from './command.ts'

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
export async function publishedPort(nodePort: number): Promise<number | undefined> {
  for (const node of await nodes()) {
    const name = text(node, 'metadata', 'name') ?? ''
    const port = portIn(await run('docker', ['port', name, `${nodePort}/tcp`]).catch(() => ''))
    if (port !== undefined) return port
  }
  return undefined
}
