import type { CommonConfig } from './config.ts'
import type { Connections } from './connections.ts'
import { ConfigError, type Environment } from './environment.ts'
import { type Backend, type Composition, serve } from './http/serve.ts'
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

/** The function that a process serves, or several together. */
export interface Served {
  readonly config: CommonConfig
  /** Connects and wires it; called once the port is open. */
  readonly compose: (log: Log) => Promise<Backend>
}

/** The process of one function. */
export function start<Config extends CommonConfig>(parts: FunctionParts<Config>): void {
  startProcess(parts.name, () => readServed(parts, process.env))
}

/** Reads the configuration of a function. Throws ConfigError. */
export function readServed<Config extends CommonConfig>(
  { readConfig, load }: FunctionParts<Config>,
  environment: Environment,
): Served {
  const config = readConfig(environment)
  return {
    config,
    async compose(log) {
      // Postgres answers the first packets while the rest is being loaded.
      const { openConnections } = await import('./connections.ts')
      const connections = await openConnections(config, log)
      const composition = await (await load()).compose(config, log, connections)
      return { ...composition, hasRoomForWrites: connections.database.hasRoom }
    },
  }
}

/** The life of a process: config, listen, load and connect, serve, drain. */
export function startProcess(name: string, read: () => Served): void {
  try {
    const { config, compose } = read()
    const log = createLog(name, config.logLevel)
    serve({
      port: config.port,
      log,
      neighbourUrls: config.neighbourUrls,
      corsOrigins: config.corsOrigins,
      load: async () => {
        for (const detail of config.traces.warnings) log.warn('traces', { detail })
        const telemetry = config.traces.isOn ? await openTelemetry(name, config, log) : undefined
        const composition = await compose(log)
        // Last, and waited for by nobody: a start does not get longer by it.
        if (config.metricsPort > 0) setImmediate(openMetrics, config.metricsPort, log)
        return telemetry === undefined ? composition : closingAfter(composition, telemetry)
      },
    })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    createLog(name, 'error').error(error.message)
    process.exitCode = 1
  }
}

/** A bundle of its own, which only a function that sends traces loads: 88 kB. */
const telemetryFile = import.meta.bundled ? 'telemetry.cjs' : 'telemetry/telemetry.ts'

/** Called before the first response: the request that woke the function is the one whose trace is looked for. */
async function openTelemetry(service: string, { version }: CommonConfig, log: Log): Promise<Telemetry> {
  const module: typeof import('./telemetry/telemetry.ts') = await import(
    new URL(telemetryFile, import.meta.url).href
  )
  return module.startTelemetry({ service, version, log })
}

/** Sends the spans of the last requests after their responses, when their connections are closed. */
const closingAfter = (composition: Backend, telemetry: Telemetry): Backend => ({
  ...composition,
  closePostgres: async () => {
    await composition.closePostgres()
    await telemetry.close()
  },
})

async function openMetrics(port: number, log: Log): Promise<void> {
  const { serveMetrics } = await import('./metrics-server.ts')
  serveMetrics(port, log)
}
