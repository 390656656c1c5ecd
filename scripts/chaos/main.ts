// Tries every fault on the cluster of `make up` under steady load, and prints what clients saw: make chaos
//   FAULT=process   only this one, or several separated by commas
//   RATE=10         requests per second

import { setTimeout as sleep } from 'node:timers/promises'
import { functionNames } from '../../functions/registry.ts'
import { log, printPlan, runCli } from '../cli/cli.ts'
import { numberBetween, type Options, text, UsageError } from '../cli/options.ts'
import { until } from '../cli/until.ts'
import { probe } from '../cluster/http-probe.ts'
import { isLocalConfig } from '../cluster/kubectl.ts'
import { localGateway } from '../cluster/local-gateway.ts'
import { openApi } from '../cluster/tunnels.ts'
import { clusterOptions, requireCluster, targetOf } from '../release/target.ts'
import { check } from './checker.ts'
import { summarize } from './exchanges.ts'
import { type Cluster, type Fault, soakOptions } from './fault.ts'
import { connectionFaults } from './faults/connections.ts'
import { instanceFaults } from './faults/instances.ts'
import { migrationFaults } from './faults/migrations.ts'
import { overloadFaults } from './faults/overload.ts'
import { platformFaults } from './faults/platform.ts'
import { postgresFaults } from './faults/postgres.ts'
import { redisFaults } from './faults/redis.ts'
import { releaseFaults } from './faults/releases.ts'
import { soakFaults } from './faults/soak.ts'
import { Ledger } from './ledger.ts'
import { type Load, startLoad } from './load.ts'
import { type Row, tableHead, tableRow } from './report.ts'
import { readStored } from './stored.ts'
import { brokenPromises } from './verdict.ts'

/** Those that people cause come first. */
const faults: readonly Fault[] = [
  ...[releaseFaults, platformFaults, redisFaults, postgresFaults, instanceFaults],
  ...[migrationFaults, connectionFaults, overloadFaults, soakFaults],
].flat()

const hold = (seconds: number) => sleep(seconds * 1_000)

const optionSchemas = { ...clusterOptions, FAULT: text, RATE: numberBetween(1, 200, 10), ...soakOptions }

function chosenFaults(names: readonly string[] | undefined): readonly Fault[] {
  if (names === undefined) return faults.filter(fault => !fault.isLong)
  return names.map(name => {
    const fault = faults.find(one => one.name === name)
    if (fault !== undefined) return fault
    throw new UsageError(`there is no fault ${name}; there are ${faults.map(one => one.name).join(', ')}.`)
  })
}

/** Every function responds, and nothing has failed for two seconds. */
async function untilSteady(load: Load): Promise<void> {
  const { secure } = localGateway()
  await until('all functions respond', async () => {
    const responses = await Promise.all(functionNames.map(name => probe(secure, `/${name}/health`)))
    return responses.every(({ status }) => status === 200)
  })
  await until('no request fails any more', async () => {
    const sinceMs = performance.now() - 2_000
    const last = load.exchanges.filter(one => one.receivedMs > sinceMs)
    return last.length > 5 && last.every(one => one.outcome !== 503 && !one.isForeign)
  })
}

async function tryFault(fault: Fault, cluster: Cluster, ledger: Ledger): Promise<Row> {
  const { load, namespace } = cluster
  load.forget()
  await hold(1)
  const beganMs = performance.now()
  let failure: string | undefined
  await fault.run(cluster).catch(error => {
    failure = String(error)
  })
  await untilSteady(load).catch(error => {
    failure ??= String(error)
  })
  const endedMs = performance.now()
  const exchanges = [...load.exchanges]
  const summary = summarize(exchanges, beganMs, endedMs)
  const findings = check(ledger.snapshot(), await readStored(namespace))
  const promises = brokenPromises(fault, summary, exchanges, load.givenUp, findings)
  const broken = failure === undefined ? promises : [failure, ...promises]
  const { name, what } = fault
  return { name, what, seconds: Math.round((endedMs - beganMs) / 1_000), summary, findings, broken }
}

async function chaos(options: Options<typeof optionSchemas>): Promise<void> {
  const chosen = chosenFaults(options.FAULT?.split(','))
  if (!isLocalConfig())
    throw new UsageError(
      'make chaos runs only on the cluster of `make up` of this checkout: run that, without KUBECONFIG.',
    )
  const gateway = localGateway()
  await requireCluster(options.ENVIRONMENT)
  const { namespace } = targetOf(options.ENVIRONMENT)
  const rate = options.RATE
  printPlan(
    `Faults under ${rate} requests per second:`,
    chosen.map(({ name, what }) => `${name}: ${what}`),
  )
  const ledger = new Ledger()
  const load = await startLoad(gateway.secure, ledger, rate)
  await untilSteady(load)
  const rows: Row[] = []
  for (const fault of chosen) {
    // Opened for each: one of them restarts what it leads to.
    const api = await openApi()
    const row = await tryFault(fault, { api, namespace, load, hold, soak: options }, ledger)
    api.close()
    rows.push(row)
    log(tableRow(row))
    for (const line of row.broken) log(`  ${line}`)
  }
  await load.stop()
  console.log(['', tableHead(), ...rows.map(tableRow), ''].join('\n'))
  const broken = rows.filter(row => row.broken.length > 0)
  console.log(`${rows.length - broken.length} passed, ${broken.length} failed`)
  if (broken.length > 0) process.exit(1)
}

await runCli(optionSchemas, chaos, 'A fault may be half done: run it again, or make up.')
