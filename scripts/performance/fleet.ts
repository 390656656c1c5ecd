import { get } from 'node:http'
import { type Bench, type Build, environmentOf, type FunctionName, functionsOf, programOf } from './bench.ts'
import { type Server, startServer } from './server.ts'

/** One process of each function of each build, all pinned to the server's core; only the one under load works. */
export interface Fleet extends AsyncDisposable {
  serverOf(build: Build, name: FunctionName): Server
  readonly constant: Server
}

export async function startFleet(bench: Bench, extra: Readonly<Record<string, string>> = {}): Promise<Fleet> {
  await using starting = new AsyncDisposableStack()
  const start = async (file: string, name: FunctionName): Promise<Server> => {
    const server = await startServer(file, { ...environmentOf(bench, name), LOG_LEVEL: 'info', ...extra })
    starting.defer(server.stop)
    return server
  }
  const constant = await start(bench.baselines.constant, 'auth')
  const servers = new Map<string, Server>()
  for (const build of bench.builds) {
    for (const name of functionsOf(bench.builds)) {
      const server = await start(programOf(build, name), name)
      await server.loaded
      servers.set(`${build.name} ${name}`, server)
    }
  }
  const running = starting.move()
  return {
    constant,
    serverOf(build, name) {
      const server = servers.get(`${build.name} ${name}`)
      if (server === undefined) throw new Error(`${build.name} has no ${name}`)
      return server
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** The entity tag and the length of what a GET of `path` is answered with. */
export const headOf = (
  port: number,
  path: string,
): Promise<{ readonly etag: string; readonly bytes: number }> =>
  new Promise((resolve, reject) => {
    get({ port, path, host: '127.0.0.1' }, incoming => {
      incoming.resume()
      resolve({ etag: incoming.headers.etag ?? '', bytes: Number(incoming.headers['content-length'] ?? 0) })
    }).once('error', reject)
  })
