import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { type LoadOptions, type LoadResult, runLoad } from '../../../scripts/load/load.ts'
import { quantile } from '../../../scripts/performance/statistics.ts'

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

/** Resolves when the port is open, half a second before the application is loaded. */
async function start() {
  const program = join(import.meta.dirname, '..', 'testing', 'overloaded-app.ts')
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
  stops.push(() => child.kill('SIGKILL'))
  const lines: string[] = []
  const port = await new Promise<number>(resolve => {
    createInterface({ input: child.stdout }).on('line', line => {
      lines.push(line)
      const entry = JSON.parse(line)
      if (entry.message === 'listening') resolve(entry.port)
    })
  })
  const memoryMb = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1_024
  return { port, lines, memoryMb }
}

const load = (options: Omit<LoadOptions, 'method' | 'paths'>) =>
  runLoad({ method: 'GET', paths: ['/{n}'], ...options })

const latencies = (answered: LoadResult['answered'], status: number) =>
  answered.filter(one => one.status === status).map(one => one.latencyMs)

test('300 requests that wait for the start all get a response', async () => {
  const { port } = await start()
  const { answered, failed } = await load({ port, seconds: 0, connections: 300 })
  expect(failed).toBe(0)
  expect(latencies(answered, 200)).toHaveLength(300)
})

test('three times the capacity: most of the capacity is used, the rest is refused at once, and it ends with the load', async () => {
  const { port, lines, memoryMb } = await start()
  await load({ port, seconds: 2, connections: 16 })
  const capacityNow = async () => (await load({ port, seconds: 3, connections: 16 })).answered.length / 3
  const before = await capacityNow()
  const beforeMb = memoryMb()

  const seconds = 9
  const loading = load({ port, seconds, rate: 3 * before, connections: 1_000 })
  const probes: Promise<number>[] = []
  const probing = setInterval(
    () => probes.push(fetch(`http://127.0.0.1:${port}/healthz`).then(({ status }) => status)),
    1_000,
  )
  const result = await loading.finally(() => clearInterval(probing))
  const growthMb = memoryMb() - beforeMb
  const settled = result.answered.filter(({ atMs }) => atMs > 5_000 && atMs < seconds * 1_000)
  const answered = latencies(settled, 200)
  const refused = latencies(settled, 503)
  const after = await load({ port, seconds: 2, rate: before / 3, connections: 100 })
  // Again, since other work of the machine comes and goes.
  const capacity = Math.min(before, await capacityNow())
  const goodput = answered.filter(ms => ms < 1_000).length / 4 / capacity
  console.info({
    capacity: Math.round(capacity),
    goodput: Math.round(goodput * 100) / 100,
    answeredMs: [0.5, 0.99, 1].map(share => Math.round(quantile(answered, share))),
    refusedMs: [0.5, 0.99, 1].map(share => Math.round(quantile(refused, share))),
    growthMb: Math.round(growthMb),
    drainMs: Math.round(result.drainMs),
    afterMs: [0.5, 0.99, 1].map(share => Math.round(quantile(latencies(after.answered, 200), share))),
  })

  expect(result.failed).toBe(0)
  expect(settled.length).toBe(answered.length + refused.length)
  expect(goodput).toBeGreaterThan(0.6)
  expect(quantile(answered, 0.99)).toBeLessThan(2_000)
  expect(quantile(refused, 0.5)).toBeLessThan(300)
  expect(result.refusal).toMatch(/^HTTP\/1.1 503 /)
  expect(result.refusal).toMatch(/\r\nretry-after: 1\r\n/i)
  expect(result.refusal).toMatch(/\r\ncontent-type: application\/problem\+json\r\n/i)
  expect(result.refusal).toMatch(/"code":"unavailable"/)
  expect(result.refusal).not.toMatch(/\r\nconnection: close\r\n/i)
  expect(lines.filter(line => line.includes('requests are refused')).length).toBeLessThan(6)
  expect(growthMb).toBeLessThan(150)
  expect(result.drainMs).toBeLessThan(5_000)
  expect(new Set(await Promise.all(probes))).toEqual(new Set([200]))
  // At a third of the capacity none is refused again.
  expect(latencies(after.answered, 200)).toHaveLength(after.answered.length)
})
