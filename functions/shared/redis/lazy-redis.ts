import type { RedisClient } from './client.ts'

/** Loading the client holds the event loop for 20 to 40 ms: longer after the first command than a wake's answer takes. */
const afterFirstCommandMs = 100
/** A wake's request comes 0.3 to 0.5 s after the start; until then the platform needs the CPU to make the pod ready. */
const atTheLatestMs = 1_000

/** A client whose code is loaded when a woken function has answered. Until then Redis counts as away. */
export function lazyRedis(open: () => Promise<RedisClient>): RedisClient {
  const opening = Promise.withResolvers<RedisClient>()
  let client: RedisClient | undefined
  let isExpected = false
  const load = () => {
    isExpected = true
    opening.resolve(open())
    opening.promise.then(
      opened => {
        client = opened
      },
      () => undefined,
    )
  }
  let timer = setTimeout(load, atTheLatestMs)
  const connectSoon = () => {
    if (isExpected) return
    isExpected = true
    clearTimeout(timer)
    timer = setTimeout(load, afterFirstCommandMs)
  }

  return {
    attempt: async command => {
      connectSoon()
      return client?.attempt(command)
    },
    ping: async () => {
      connectSoon()
      await (await opening.promise).ping()
    },
    close: async () => {
      clearTimeout(timer)
      await client?.close()
    },
  }
}
