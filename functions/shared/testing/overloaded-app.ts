// A process under overload: each request of this app costs 2 ms of the processor, and its start takes half a second.
import { Hono } from 'hono'
import type { HttpEnv } from '../http/context.ts'
import { serve } from '../http/serve.ts'
import { createLog } from '../log.ts'

const app = new Hono<HttpEnv>()
app.all('*', async c => {
  const endMs = performance.now() + 2
  while (performance.now() < endMs);
  await new Promise(resolve => setTimeout(resolve, 5))
  return c.json({ text: 'x'.repeat(1_000) })
})

serve({
  port: 0,
  log: createLog('overloaded', 'info'),
  load: async () => {
    await new Promise(resolve => setTimeout(resolve, 500))
    const nothing = async () => undefined
    return { app, fetch: app.fetch, closeRedis: nothing, closePostgres: nothing }
  },
})
