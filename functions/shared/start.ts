import type { CommonConfig } from './config.ts'
import type { Connections } from './connections.ts'
import { ConfigError, type Environment } from './environment.ts'
import { type Composition, serve } from './http/serve.ts'
import { createLog, type Log } from './log.ts'

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
      load: async () => {
        // Postgres answers the first packets while the rest is being loaded.
        const { openConnections } = await import('./connections.ts')
        const connections = await openConnections(config, log)
        const composition = await (await load()).compose(config, log, connections)
        // Last, and waited for by nobody: a start does not get longer by it.
        if (config.metricsPort > 0) setImmediate(openMetrics, config.metricsPort)
        return composition
      },
    })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    createLog(name, 'error').error(error.message)
    process.exitCode = 1
  }
}

async function openMetrics(port: number): Promise<void> {
  const { serveMetrics } = await import('./metrics-server.ts')
  serveMetrics(port)
}
