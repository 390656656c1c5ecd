import { expect, test } from 'vitest'
import { functions } from '../../functions/registry.ts'
import { probe } from '../cluster/http-probe.ts'
import { getItems, kubectl, nameOf } from '../cluster/kubectl.ts'
import { openGateway } from '../release/gateway.ts'
import { stage } from './stand-ins.ts'

const patient = { timeout: 30_000 }

/** One row per role: whether its connections to that instance, through PgBouncer, are TLS. */
const connections = `select distinct usename, ssl from pg_stat_activity join pg_stat_ssl using (pid)
  where usename like 'iod\\_%'`

const instances = (role: string) =>
  getItems`pods --namespace ${stage.namespace} --selector ${`cnpg.io/cluster=postgres,cnpg.io/instanceRole=${role}`}`

const inPod = (pod: string, command: readonly string[]) =>
  kubectl`exec ${pod} --namespace ${stage.namespace} --container postgres -- ${command}`

async function roles(role: 'primary' | 'replica'): Promise<readonly string[]> {
  const pods = (await instances(role)).map(nameOf)
  const command = ['psql', '--dbname=iod', '--no-align', '--tuples-only', '--command', connections]
  const outputs = await Promise.all(pods.map(pod => inPod(pod, command)))
  return outputs.flatMap(output => output.trim().split('\n')).filter(line => line !== '')
}

test('every function speaks to Postgres over TLS, and readers without a token to a replica', async () => {
  const gateway = await openGateway(stage.objects)
  try {
    for (const { name } of functions)
      await expect
        .poll(async () => (await probe(gateway.secure, `/${name}/health`)).status, patient)
        .toBe(200)
    // Another search each time, which no cache has.
    let count = 0
    await expect
      .poll(async () => {
        count += 1
        await probe(gateway.secure, `/posts?q=replica${count}`)
        return roles('replica')
      }, patient)
      .toEqual(['iod_posts|t'])
  } finally {
    gateway.close()
  }
  const primary = await roles('primary')
  expect(primary).toEqual(expect.arrayContaining(['iod_posts|t']))
  expect(primary.filter(line => !line.endsWith('|t'))).toEqual([])
})

test('the exporter speaks TLS too', async () => {
  await expect.poll(() => roles('primary'), patient).toContain('iod_monitor|t')
})

test('an instance refuses a connection without TLS before it asks for a password', async () => {
  const [primary] = await instances('primary')
  if (primary === undefined) throw new Error('there is no primary')
  const plain = (sslmode: string) =>
    inPod(nameOf(primary), [
      'psql',
      `host=postgres-rw user=iod_posts dbname=iod sslmode=${sslmode} connect_timeout=5 password=wrong`,
      '--command=select 1',
    ])
  await expect(plain('disable')).rejects.toThrow(/pg_hba\.conf rejects connection .*no encryption/)
  // Reaches the password, so the rule above is what refused it.
  await expect(plain('require')).rejects.toThrow(/password authentication failed/)
})
