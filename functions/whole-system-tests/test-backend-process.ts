// The process that `test-backend.ts` starts: every function on one port, as `make dev` serves them.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRouter } from '../../scripts/dev/router.ts'
import { type FunctionName, functions } from '../registry.ts'
import { createListener } from '../shared/http/listener.ts'
import type { Composition } from '../shared/http/serve.ts'
import { createLog } from '../shared/log.ts'
import type { BackendEnvironments } from './test-backend.ts'

const { port, environments }: BackendEnvironments = JSON.parse(process.env['BACKEND'] ?? '')
const environmentOf = (name: FunctionName) => environments[name] ?? {}
const log = createLog('test', 'error')
const compositions = new Map<string, Composition>()
for (const { name, compose } of functions) compositions.set(name, await compose(environmentOf(name), { log }))
const server = createServer(createListener(createRouter(compositions))).listen(port, '127.0.0.1')
await once(server, 'listening')
process.send?.('ready')
// The test is over, however it ended.
process.once('disconnect', () => process.exit())
