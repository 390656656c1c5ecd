import type { RedisClient } from './client.ts'

/**
 * Loading the client holds the event loop for 20 to 40 ms, and while a pod starts for up to 100. A wake's response takes
 * less than this after the first command, including a sign-in, whose bcrypt comparison alone takes 70 to 150 ms.
 */
const afterFirstCommandMs = 400
/** A wake's request comes 0.3 to 0.5 s after the start; until then the platform needs the CPU to make the pod ready. */
const withoutCommandMs = 1_000

/** A client whose code is loaded when a woken function has responded. Until then Redis counts as unavailable. */
export function lazyRedis(open: () => Promise<RedisClient>): RedisClient {
  const opening = Promise.withResolvers<RedisClient>()
  let client: RedisClient | undefined
  let isExpected = false
  let isLoading = false
  const load = () => {
    isExpected = true
    isLoading = true
    opening.resolve(open())
    opening.promise.then(
      opened => {
        client = opened
      },
      () => undefined,
    )
  }
  let timer = setTimeout(load, withoutCommandMs)
  const connectIn = (ms: number) => {
    if (isExpected) return
    isExpected = true
    clearTimeout(timer)
    timer = setTimeout(load, ms)
  }

  return {
    attempt: async command => {
      connectIn(afterFirstCommandMs)
      return client?.attempt(command)
    },
    ping: async () => {
      connectIn(0)
      await (await opening.promise).ping()
    },
    close: async () => {
      clearTimeout(timer)
      if (!isLoading) return
      const opened = await opening.promise.catch(() => undefined)
      await opened?.close()
    },
  }
}
