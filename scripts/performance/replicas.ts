import type { FunctionName } from '../../functions/registry.ts'
import { type Benchmark, type Build, entriesOf, labelOf, startFunction } from './benchmark.ts'
import type { Route, Target } from './http-load.ts'
import { type Server, startServer } from './server.ts'
import { processEnvironment } from './services.ts'

/** A process of each function of each build, all on the server's core: only the one under load is busy. */
export interface Replicas extends AsyncDisposable {
  readonly constant: Server
  serverOf(build: Build, name: FunctionName): Server
}

export async function startReplicas(benchmark: Benchmark): Promise<Replicas> {
  await using stack = new AsyncDisposableStack()
  const constant = stack.use(await startServer(benchmark.baselines.constant, processEnvironment))
  const servers = new Map<string, Server>()
  for (const { label, build, name } of entriesOf(benchmark)) {
    const server = stack.use(await startFunction(build, name))
    await server.loaded
    servers.set(label, server)
  }
  const running = stack.move()
  return {
    constant,
    serverOf(build, name) {
      const server = servers.get(labelOf(benchmark.builds, build, name))
      if (server === undefined) throw new Error(`${build.name} has no ${name}`)
      return server
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** A route of a process, under its name in the report. */
export interface Served {
  readonly label: string
  readonly server: Server
  readonly target: Target
}

export const served = (label: string, server: Server, route: Omit<Route, 'functionName'>): Served => ({
  ...{ label, server },
  target: { ...route, port: server.port },
})

/** The route of the baseline that responds with so many bytes. */
export const servedConstant = (server: Server, name: string, bytes: number): Served =>
  served(name, server, { name, method: 'GET', paths: [`/constant/${bytes}`], status: 200 })
