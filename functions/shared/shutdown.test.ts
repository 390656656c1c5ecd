import { createServer, get, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createDrain } from './http/drain.ts'
import { shutdownPhases } from './http/serve.ts'
import { createLog } from './log.ts'
import { runPhases } from './shutdown.ts'

const log = createLog('test', 'error', () => undefined)

function listen(server: Server): Promise<number> {
  return new Promise(resolve => server.listen(0, () => resolve((server.address() as AddressInfo).port)))
}

it('finishes what is in flight, then closes Redis, then Postgres', async () => {
  const events: string[] = []
  const inFlight = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const server = createServer(async (incoming, outgoing) => {
    drain.begin(incoming, outgoing)
    inFlight.resolve()
    await release.promise
    outgoing.end('done')
    events.push('answered')
  })
  const drain = createDrain(server)
  const port = await listen(server)
  const answered = new Promise<number | undefined>((resolve, reject) => {
    get({ port }, incoming => {
      incoming.resume()
      resolve(incoming.statusCode)
    }).once('error', reject)
  })
  await inFlight.promise

  const composition = {
    closeRedis: async () => void events.push('redis closed'),
    closePostgres: async () => void events.push('postgres closed'),
  }
  const stopped = runPhases(shutdownPhases(drain, Promise.resolve(composition)), log)
  expect(server.listening).toBe(false)
  release.resolve()

  expect(await answered).toBe(200)
  expect(await stopped).toBe(true)
  expect(events).toEqual(['answered', 'redis closed', 'postgres closed'])
})

it('goes on to the next phase when one fails or passes its deadline', async () => {
  const events: string[] = []
  const clean = await runPhases(
    [
      { name: 'hangs', timeoutMs: 10, run: () => new Promise(() => undefined) },
      { name: 'fails', timeoutMs: 1_000, run: () => Promise.reject(new Error('no')) },
      { name: 'works', timeoutMs: 1_000, run: async () => void events.push('ran') },
    ],
    log,
  )
  expect(clean).toBe(false)
  expect(events).toEqual(['ran'])
})
