import { type Bench, labelOf } from './bench.ts'
import type { Fleet } from './fleet.ts'
import { saturate, type Target } from './load.ts'
import { interleave } from './samples.ts'
import type { Server } from './server.ts'
import type { Route } from './targets.ts'

export const rounds = 3
export const saturationSeconds = 2

export interface Measured {
  readonly name: string
  readonly route: Route
  readonly target: Target
  readonly perSecond: readonly number[]
  readonly processorUs: readonly number[]
}

interface Saturation {
  readonly perSecond: number
  readonly processorUs: number
}

async function saturateServer(server: Server, target: Target): Promise<Saturation> {
  const beforeMs = server.processorMs()
  const perSecond = await saturate(target, saturationSeconds)
  const requests = perSecond * saturationSeconds
  return { perSecond, processorUs: ((server.processorMs() - beforeMs) * 1_000) / requests }
}

/** Two constants, one of them as long as the post, and then the routes of each build. */
export async function throughput(
  bench: Bench,
  fleet: Fleet,
  routes: readonly Route[],
  bytesOfPost: number,
): Promise<readonly Measured[]> {
  const constantOf = (name: string, bytes: number) => ({
    name,
    route: { functionName: 'auth' as const, name, method: 'GET', paths: [`/constant/${bytes}`], status: 200 },
    server: fleet.constant,
  })
  const constants = [
    constantOf('a constant of 30 bytes', 30),
    constantOf(`a constant of ${bytesOfPost} bytes, as the post`, bytesOfPost),
  ]
  const entries = routes.flatMap(route =>
    bench.builds.map(build => ({
      name: labelOf(bench, build, route.name),
      route,
      server: fleet.serverOf(build, route.functionName),
    })),
  )
  const all = [...constants, ...entries].map(entry => ({
    ...entry,
    target: { ...entry.route, port: entry.server.port },
  }))
  const contenders = all.map(({ name, server, target }) => ({
    name,
    measure: () => saturateServer(server, target),
  }))
  // The compiler of V8 gets to know each route before it is measured.
  await interleave(1, contenders, () => bench.onProgress(0.12))
  const results = await interleave(rounds, contenders, round =>
    bench.onProgress(0.12 + (0.38 * round) / rounds),
  )
  return all.map(({ name, route, target }) => {
    const samples = results.get(name) ?? []
    const pick = (key: keyof Saturation) => samples.map(sample => sample[key])
    return { name, route, target, perSecond: pick('perSecond'), processorUs: pick('processorUs') }
  })
}
