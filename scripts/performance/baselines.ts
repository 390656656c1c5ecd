import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/** What the functions are held against. Both print the line that a function prints when it listens. */
const tellPort = `console.log(JSON.stringify({ message: 'listening', port: server.address().port }))`

const bare = `
if (process.argv[2] === '--warm') process.exit()
const server = require('node:http').createServer()
server.listen(0, () => ${tellPort})
`

/** The framework and our listener with nothing in between: what a route could be at best. */
const constant = `
import { createServer } from 'node:http'
import { Hono } from 'hono'
import { useLightWeb } from './functions/shared/http/light-web.ts'
import { createListener } from './functions/shared/http/listener.ts'
import { createLog } from './functions/shared/log.ts'
if (process.argv[2] === '--warm') process.exit()
useLightWeb()
const app = new Hono()
app.get('/constant', c => c.json({ message: 'hello' }))
const server = createServer({ keepAliveTimeout: 95_000 }, createListener(app.fetch, createLog('constant', 'error')))
server.listen(0, () => ${tellPort})
`

export interface Baselines {
  readonly bare: string
  readonly constant: string
}

export async function writeBaselines(folder: string): Promise<Baselines> {
  const bareFile = join(folder, 'bare.cjs')
  writeFileSync(bareFile, bare)
  const constantFile = join(folder, 'constant.cjs')
  await build({
    stdin: { contents: constant, resolveDir: join(import.meta.dirname, '..', '..') },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    outfile: constantFile,
    logLevel: 'warning',
  })
  return { bare: bareFile, constant: constantFile }
}
