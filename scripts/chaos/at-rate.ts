/** Between two looks at what is due. */
const paceMs = 20

/** Sends this many requests a second, whether or not earlier ones have ended. `stop` resolves when the last one has. */
export function sendAtRate(
  send: () => Promise<unknown>,
  { perSecond, maxRunning }: { readonly perSecond: number; readonly maxRunning: number },
) {
  const fromMs = performance.now()
  const running = new Set<Promise<unknown>>()
  let due = 0
  const timer = setInterval(() => {
    for (; due < Math.floor(((performance.now() - fromMs) / 1_000) * perSecond); due += 1) {
      if (running.size >= maxRunning) continue
      const request: Promise<unknown> = send()
        .catch(() => undefined)
        .finally(() => running.delete(request))
      running.add(request)
    }
  }, paceMs)
  return {
    async stop(): Promise<void> {
      clearInterval(timer)
      await Promise.all(running)
    },
  }
}
