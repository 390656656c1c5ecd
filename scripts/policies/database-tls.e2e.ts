import { expect, test } from 'vitest'
import { functions } from '../../functions/registry.ts'
import { probe } from '../cluster/http-probe.ts'
import { getItems, kubectl, nameOf } from '../cluster/kubectl.ts'
import { openGateway } from '../release/gateway.ts'
import { stage } from './stage.ts'

const patient = { timeout: 30_000 }

/** One row per role: whether its connections to that instance, through PgBouncer, are TLS. */
const connections = `select distinct usename, ssl from pg_stat_activity join pg_stat_ssl using (pid)
  where usename like 'iod\\_%' and usename <> 'iod_monitor'`

const instances = (role: string) =>
  getItems`pods --namespace ${stage.namespace} --selector ${`cnpg.io/cluster=postgres,cnpg.io/instanceRole=${role}`}`

async function roles(role: 'primary' | 'replica'): Promise<readonly string[]> {
  const pods = (await instances(role)).map(nameOf)
  const command = ['--', 'psql', '--dbname=iod', '--no-align', '--tuples-only', '--command', connections]
  const outputs = await Promise.all(
    pods.map(pod => kubectl`exec ${pod} --namespace ${stage.namespace} --container postgres ${command}`),
  )
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
