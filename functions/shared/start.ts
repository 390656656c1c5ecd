import type { CommonConfig } from './config.ts'
import type { Connections } from './connections.ts'
import { ConfigError, type Environment } from './environment.ts'
import { type Composition, serve } from './http/serve.ts'
import { createLog, type Log } from './log.ts'
import type { Telemetry } from './telemetry/telemetry.ts'

export interface FunctionParts<Config extends CommonConfig> {
  readonly name: string
  readonly readConfig: (environment: Environment) => Config
  /** Imports everything else the function needs; called once the port is open. */
  readonly load: () => Promise<{
    compose(config: Config, log: Log, connections: Connections): Promise<Composition>
  }>
}

/** The life of a function's process: config, listen, load and connect, serve, drain. */
export function start<Config extends CommonConfig>({ name, readConfig, load }: FunctionParts<Config>): void {
  try {
    const config = readConfig(process.env)
    const log = createLog(name, config.logLevel)
    serve({
      port: config.port,
      log,
      neighbourUrls: config.neighbourUrls,
      load: async () => {
        const telemetry = config.sendsTraces ? await openTelemetry(name, config, log) : undefined
        // Postgres answers the first packets while the rest is being loaded.
        const { openConnections } = await import('./connections.ts')
        const connections = await openConnections(config, log)
        const composed = await (await load()).compose(config, log, connections)
        const composition = { ...composed, hasRoomForWrites: connections.database.hasRoom }
        // Last, and waited for by nobody: a start does not get longer by it.
        if (config.metricsPort > 0) setImmediate(openMetrics, config.metricsPort)
        return telemetry === undefined ? composition : closingAfter(composition, telemetry)
      },
    })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    createLog(name, 'error').error(error.message)
    process.exitCode = 1
  }
}

/** A bundle of its own, which only a function that sends traces loads: 0.3 MB. */
const telemetryFile = import.meta.bundled ? 'telemetry.cjs' : 'telemetry/telemetry.ts'

/** Before the first request is answered: the one that woke the function is the one whose trace is looked for. */
async function openTelemetry(service: string, { version }: CommonConfig, log: Log): Promise<Telemetry> {
  const module: typeof import('./telemetry/telemetry.ts') = await import(
    new URL(telemetryFile, import.meta.url).href
  )
  return module.startTelemetry({ service, version, log })
}

/** The spans of the last requests are sent when those are answered and their connections are closed. */
const closingAfter = (composition: Composition, telemetry: Telemetry): Composition => ({
  ...composition,
  closePostgres: async () => {
    await composition.closePostgres()
    await telemetry.close()
  },
})

async function openMetrics(port: number): Promise<void> {
  const { serveMetrics } = await import('./metrics-server.ts')
  serveMetrics(port)
}
