import { Agent } from 'node:http'
import type { FunctionName } from '../../functions/registry.ts'
import { type Build, startFunction } from './benchmark.ts'
import { json } from './fixture.ts'
import { type Route, requestOnce } from './http-load.ts'
import { readOf } from './routes.ts'

/** Since the process was spawned, in milliseconds. */
export interface Start {
  readonly listeningMs: number
  readonly loadedMs: number
  /** To the end of the first response that needs Postgres, requested once the process listens. */
  readonly responseMs: number
  /** CPU time of all its threads by then. */
  readonly cpuMs: number
}

/** Starts a function, sends it one request and ends it. */
export async function measureStart(
  build: Build,
  name: FunctionName,
  environment: Readonly<Record<string, string>> = {},
): Promise<Start> {
  const agent = new Agent()
  await using server = await startFunction(build, name, environment)
  const route = name === 'auth' ? refresh : readOf(name, build.fixture)
  await requestOnce({ ...route, port: server.port }, agent)
  const [responseMs, cpuMs] = [performance.now() - server.spawnedAtMs, server.cpuMs()]
  agent.destroy()
  return { listeningMs: server.listening.ms, loadedMs: (await server.loaded).ms, responseMs, cpuMs }
}

/** An unknown token is looked up in Postgres, and no password is hashed. */
const refresh: Route = {
  ...{ functionName: 'auth', name: 'refresh', method: 'POST', paths: ['/auth/refresh'], status: 401 },
  ...{ headers: json, body: JSON.stringify({ refreshToken: 'A'.repeat(43) }) },
}
