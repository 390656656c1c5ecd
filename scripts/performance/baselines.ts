import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundleOptions } from '../build/bundle-options.ts'

/** Both servers log the line that a function logs when it listens. */
const logPort = `console.log(JSON.stringify({ message: 'listening', port: server.address().port }))`

const bare = `
const server = require('node:http').createServer()
server.listen(0, () => ${logPort})
`

/** The framework and the functions' listener with nothing between them: an upper bound for a route. */
const constant = `
import { createServer } from 'node:http'
import { Hono } from 'hono'
import { createListener } from './functions/shared/http/listener.ts'
const app = new Hono()
const bodies = new Map()
app.get('/constant/:bytes', c => {
  const bytes = c.req.param('bytes')
  const body = bodies.get(bytes) ?? 'x'.repeat(Number(bytes))
  bodies.set(bytes, body)
  return c.body(body)
})
const server = createServer({ keepAliveTimeout: 95_000 }, createListener(app.fetch))
server.listen(0, () => ${logPort})
`

/** Files to start, which the functions are compared with. */
export interface Baselines {
  readonly bare: string
  readonly constant: string
}

export async function writeBaselines(folder: string): Promise<Baselines> {
  const bareFile = join(folder, 'bare.cjs')
  writeFileSync(bareFile, bare)
  const constantFile = join(folder, 'constant.cjs')
  await build({
    ...bundleOptions,
    stdin: { contents: constant, resolveDir: join(import.meta.dirname, '..', '..') },
    outfile: constantFile,
  })
  return { bare: bareFile, constant: constantFile }
}
