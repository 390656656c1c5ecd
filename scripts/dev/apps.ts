// The child of `make dev`: migrates, then serves the three functions on one port. Restarted on every change.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { assemble as assembleAuth } from '../../functions/auth/compose.ts'
import { readConfig as readAuthConfig } from '../../functions/auth/config.ts'
import { readConfig as readMigrateConfig } from '../../functions/migrate/config.ts'
import { assemble as assemblePosts } from '../../functions/posts/compose.ts'
import { readConfig as readPostsConfig } from '../../functions/posts/config.ts'
import { assemble as assembleProfile } from '../../functions/profile/assemble.ts'
import { readConfig as readProfileConfig } from '../../functions/profile/config.ts'
import type { CommonConfig } from '../../functions/shared/config.ts'
import { type Connections, openConnections } from '../../functions/shared/connections.ts'
import { createListener } from '../../functions/shared/http/listener.ts'
import type { Assembly } from '../../functions/shared/http/serve.ts'
import { createLog, type Log } from '../../functions/shared/log.ts'
import { migrate } from '../../functions/shared/postgres/migrate.ts'
import { runPhases } from '../../functions/shared/shutdown.ts'
import { type FunctionName, readEnvironment } from './environment.ts'
import { createRouter } from './router.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = process.argv[2] ?? join(root, '.data')
const environmentOf = (name: FunctionName | 'migrate') => readEnvironment(folder, name)
const log = createLog('dev', 'info')

const assemblies = new Map<FunctionName, Assembly>()
const server = createServer(createListener(createRouter(assemblies)))

process.once('SIGTERM', stop)
// The supervisor is gone, by kill -9 perhaps: nothing may be left running.
process.once('disconnect', stop)

await migrate({
  ...readMigrateConfig(environmentOf('migrate')),
  migrationsFolder: join(root, 'functions', 'shared', 'postgres', 'migrations'),
  log,
})
const auth = readAuthConfig(environmentOf('auth'))
await load('auth', auth, assembleAuth)
await load('profile', readProfileConfig(environmentOf('profile')), assembleProfile)
await load('posts', readPostsConfig(environmentOf('posts')), assemblePosts)
server.listen(auth.port, '127.0.0.1')
await once(server, 'listening')
process.send?.('ready')

async function load<Config extends CommonConfig>(
  name: FunctionName,
  config: Config,
  assemble: (config: Config, log: Log, connections: Connections) => Promise<Assembly>,
): Promise<void> {
  const log = createLog(name, config.logLevel)
  assemblies.set(name, await assemble(config, log, await openConnections(config, log)))
}

async function stop(): Promise<void> {
  const every = async (close: (assembly: Assembly) => Promise<void>) => {
    await Promise.all([...assemblies.values()].map(close))
  }
  const phases = [
    { name: 'http', timeoutMs: 2_000, run: drain },
    { name: 'redis', timeoutMs: 1_000, run: () => every(assembly => assembly.closeRedis()) },
    { name: 'postgres', timeoutMs: 2_000, run: () => every(assembly => assembly.closePostgres()) },
  ]
  process.exit((await runPhases(phases, log)) ? 0 : 1)
}

function drain(): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
