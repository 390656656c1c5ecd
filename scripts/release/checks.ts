// What a deployed environment must show from outside: its own gateway, host, certificate and answers.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { get, root } from '../cluster/command.ts'
import { forward } from '../cluster/port-forward.ts'
import { type Json, list, text } from '../manifests/json.ts'
import { type Answer, ask, type Place, untilOpen } from './ask.ts'
import { nodePortPlace, openGateway } from './gateway.ts'
import { addressOf, type EnvironmentName, functions, namespaceOf } from './overlay.ts'

type Say = (line: string) => void

/** Runs the environment's checks; throws after the last when any failed. */
export async function check(environment: EnvironmentName, objects: readonly Json[], say: Say): Promise<void> {
  const failures: string[] = []
  const expectTrue = async (what: string, test: () => Promise<boolean>) => {
    const isTrue = await test().catch(error => {
      failures.push(`${what}: ${error instanceof Error ? error.message : error}`)
      return undefined
    })
    if (isTrue === false) failures.push(what)
    say(`${isTrue === true ? 'seen' : 'FAILED'}: ${what}`)
  }
  if (environment === 'phase1') await checkNodePort(objects, expectTrue)
  else await checkGateway(objects, expectTrue)
  if (environment === 'phase3') await checkProduction(namespaceOf(objects), expectTrue)
  if (failures.length > 0) throw new Error(`${failures.length} checks failed:\n  ${failures.join('\n  ')}`)
}

type Expect = (what: string, test: () => Promise<boolean>) => Promise<void>

const isHealthy = (answer: Answer) => answer.status === 200 && answer.body.includes('"status":"ok"')

async function checkApi(place: Place, expectTrue: Expect): Promise<void> {
  const url = `${place.tls ? 'https' : 'http'}://${place.host}`
  for (const name of functions) {
    await expectTrue(`${url}/${name}/health is ok, with Postgres and Redis`, async () =>
      isHealthy(await ask(place, `/${name}/health`)),
    )
  }
  await expectTrue(`${url}/posts?limit=1 is a list`, async () =>
    Array.isArray(JSON.parse((await ask(place, '/posts?limit=1')).body).items),
  )
  await expectTrue(
    `${url}/profile without a token is 401`,
    async () => (await ask(place, '/profile')).status === 401,
  )
}

async function checkNodePort(objects: readonly Json[], expectTrue: Expect): Promise<void> {
  const place = await nodePortPlace(objects)
  await untilOpen(place)
  await checkApi(place, expectTrue)
}

async function checkGateway(objects: readonly Json[], expectTrue: Expect): Promise<void> {
  const { hosts } = addressOf(objects)
  const host = hosts[0] ?? ''
  const caFile = join(root, '.kube/certificates/ca.crt')
  const ca = host.endsWith('localhost') && existsSync(caFile) ? readFileSync(caFile, 'utf8') : undefined
  const gateway = await openGateway(objects)
  try {
    const authority = gateway.writtenPort === undefined ? host : `${host}:${gateway.writtenPort}`
    const secure: Place = {
      address: gateway.address,
      port: gateway.securePort,
      host: authority,
      tls: true,
      ca,
    }
    const plain: Place = { ...secure, port: gateway.plainPort, host, tls: false }
    await checkApi(secure, expectTrue)
    const secureUrl = new URL(`https://${authority}/posts`).href
    await expectTrue(`plain HTTP leads to ${secureUrl}`, async () => {
      const { status, headers } = await ask(plain, '/posts')
      return status >= 301 && status <= 308 && new URL(headers.location ?? '').href === secureUrl
    })
    await expectTrue('another host is not served', async () => {
      const { status } = await ask({ ...plain, host: 'other.example.test' }, '/posts')
      return status === 404
    })
  } finally {
    gateway.close()
  }
}

async function checkProduction(namespace: string, expectTrue: Expect): Promise<void> {
  const namesOf = async (kind: string) =>
    list(await get(kind, '--namespace', namespace), 'items').map(item => text(item, 'metadata', 'name') ?? '')
  await expectTrue('a disruption budget for each function and PgBouncer', async () => {
    const names = await namesOf('poddisruptionbudgets')
    return [...functions, 'pgbouncer'].every(name => names.includes(name))
  })
  await expectTrue('all that is not allowed is denied between pods', async () =>
    (await namesOf('networkpolicies')).includes('default-deny'),
  )
  await expectTrue('the functions reach Postgres through PgBouncer', async () => {
    const secret = await get('secret', 'posts', '--namespace', namespace)
    return Buffer.from(text(secret, 'data', 'DATABASE_URL') ?? '', 'base64')
      .toString()
      .includes('@pgbouncer:6432/')
  })
  await expectTrue('Prometheus reads Knative, the gateway and the exporters', async () => {
    const prometheus = await forward('pod/prometheus-0', namespace, 9090)
    try {
      return await areTargetsUp(prometheus.port)
    } finally {
      prometheus.close()
    }
  })
}

/** A target is read within 15 s of being found, and a pod that has just started is found a little later. */
const targetsDeadlineMs = 60_000

async function areTargetsUp(port: number): Promise<boolean> {
  const deadlineMs = performance.now() + targetsDeadlineMs
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/targets?state=active`)
    const page: Json = JSON.parse(await answer.text())
    const targets = list(page, 'data', 'activeTargets')
    const isUp = (job: string) => {
      const found = targets.filter(target => text(target, 'labels', 'job') === job)
      return found.length > 0 && found.every(target => text(target, 'health') === 'up')
    }
    if (['knative', 'kourier', 'data'].every(isUp)) return true
    if (performance.now() > deadlineMs) return false
    await sleep(1_000)
  }
}
