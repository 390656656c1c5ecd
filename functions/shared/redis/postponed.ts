import type { RedisClient } from './client.ts'

/**
 * A client whose code is loaded `delayMs` from now; until then Redis counts as away. Nothing waits for Redis, and
 * loading its client holds the event loop for 20 to 40 ms, in which a function that was woken answers its first request.
 */
export function postponeRedis(open: () => Promise<RedisClient>, delayMs: number): RedisClient {
  const opening = Promise.withResolvers<RedisClient>()
  let client: RedisClient | undefined
  const load = () => {
    opening.resolve(open())
    opening.promise.then(
      opened => {
        client = opened
      },
      () => undefined,
    )
  }
  const timer = setTimeout(load, delayMs)

  return {
    attempt: async command => client?.attempt(command),
    ping: async () => (await opening.promise).ping(),
    close: async () => {
      clearTimeout(timer)
      await client?.close()
    },
  }
}
