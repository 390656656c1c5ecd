// Connections over time: a request on its way when its pod is told to stop, and one that comes after a long silence.
import { randomUUID } from 'node:crypto'
import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { hostOf } from '../../cluster/http-probe.ts'
import { kubectl } from '../../cluster/kubectl.ts'
import { localGateway } from '../../cluster/local-gateway.ts'
import { untilReady } from '../../release/revisions.ts'
import type { Exchange } from '../exchanges.ts'
import { type Cluster, type Fault, outsideDefaultRun, unseen } from '../fault.ts'
import { createGatewayFetch } from '../gateway-fetch.ts'
import { Ledger } from '../ledger.ts'
import { createPeople } from '../people.ts'
import { untilPodsReady } from '../pods-ready.ts'

const isSuccess = ({ outcome }: Exchange) => typeof outcome === 'number' && outcome < 400

/** Sends the first half of a body, does `between`, sends the rest, and resolves with the status. */
function sendInHalves(body: string, between: () => Promise<void>): Promise<number> {
  const { secure } = localGateway()
  const { address: host, port, authority, ca } = secure
  const headers = {
    host: authority,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  return new Promise((resolve, reject) => {
    const target = { host, port, ca, servername: hostOf(secure), agent: false }
    const request = https.request({ ...target, method: 'POST', path: '/auth/refresh', headers })
    request.on('error', reject)
    request.on('response', response => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    const half = body.length / 2
    request.write(body.slice(0, half), () => {
      between().then(() => request.end(body.slice(half)), reject)
    })
  })
}

/** Its response is the function's own: 401, since the token is none. */
async function stopInFlight({ namespace, hold }: Cluster): Promise<void> {
  const status = await sendInHalves(JSON.stringify({ refreshToken: 'x'.repeat(43) }), async () => {
    await kubectl`delete pods --namespace ${namespace} --selector serving.knative.dev/service=auth --wait=false`
    await hold(3)
  })
  if (status !== 401) throw new Error(`the request in flight got ${status}`)
  await untilPodsReady(namespace, 'serving.knative.dev/service=auth')
}

const limitsOnThePath = [5, 60, 65, 90, 95]

/** On one connection of a client without other traffic, so that every connection behind the gateway is as old. */
async function spaceRequests({ api, namespace, load }: Cluster): Promise<void> {
  const target = 'services.serving.knative.dev/posts'
  const path = '/spec/template/metadata/annotations/autoscaling.knative.dev~1min-scale'
  const scale = (operation: object) => ['--type=json', '--patch', JSON.stringify([{ path, ...operation }])]
  load.pause()
  await kubectl`patch ${target} --namespace ${namespace} ${scale({ op: 'add', value: '1' })}`
  try {
    await untilReady(api, { name: 'posts', namespace })
    const exchanges: Exchange[] = []
    const { secure } = localGateway()
    const fetch = createGatewayFetch(secure, exchange => exchanges.push(exchange))
    const options = { baseUrl: `https://${secure.authority}`, fetch, ledger: new Ledger(), retries: 0 }
    const { client } = await createPeople(options).register()
    const write = () => client.createPost({ body: { title: `idle ${randomUUID()}`, body: 'A text.' } })
    for (const seconds of limitsOnThePath) {
      await client.listPosts()
      await sleep(seconds * 1_000)
      await write()
    }
    const failed = exchanges.filter(one => !isSuccess(one))
    if (failed.length > 0)
      throw new Error(`${failed.length} of ${exchanges.length} failed: ${failed[0]?.outcome}`)
  } finally {
    await kubectl`patch ${target} --namespace ${namespace} ${scale({ op: 'remove' })}`
    await untilReady(api, { name: 'posts', namespace })
    load.resume()
  }
}

export const connectionFaults: readonly Fault[] = [
  unseen('in-flight', 'auth: pod deleted while the body of a request arrives', stopInFlight),
  outsideDefaultRun(
    unseen(
      'idle',
      `posts: a write after ${limitsOnThePath.join(', ')} s of silence on one connection`,
      spaceRequests,
      // The load pauses.
      400_000,
    ),
  ),
]
