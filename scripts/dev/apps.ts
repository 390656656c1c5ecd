// The child of `make dev`: migrates, then serves the three functions on one port. Restarted on every change.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { assemble as assembleAuth } from '../../functions/auth/assemble.ts'
import { readConfig as readAuthConfig } from '../../functions/auth/config.ts'
import { readConfig as readMigrateConfig } from '../../functions/migrate/config.ts'
import { useLightWeb } from '../../functions/shared/http/light-web.ts'
import { createListener } from '../../functions/shared/http/listener.ts'
import { createLog } from '../../functions/shared/log.ts'
import { migrate } from '../../functions/shared/postgres/migrate.ts'
import { runPhases } from '../../functions/shared/shutdown.ts'
import { readEnvironment } from './environment.ts'
import { createRouter } from './router.ts'

const folder = join(import.meta.dirname, '..', '..', '.data')
const log = createLog('dev', 'info')

await migrate({
  ...readMigrateConfig(readEnvironment(folder, 'migrate')),
  migrationsFolder: join(import.meta.dirname, '..', '..', 'functions', 'shared', 'postgres', 'migrations'),
  log,
})

const configs = {
  auth: readAuthConfig(readEnvironment(folder, 'auth')),
}
const logOf = (name: keyof typeof configs) => createLog(name, configs[name].logLevel)
const auth = await assembleAuth(configs.auth, logOf('auth'))
const assemblies = [auth]

useLightWeb()
const server = createServer(createListener(createRouter({ auth: auth.app }), log))
const phases = [
  {
    name: 'http',
    timeoutMs: 2_000,
    run: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  },
  {
    name: 'redis',
    timeoutMs: 1_000,
    run: async () => void (await Promise.all(assemblies.map(one => one.closeRedis()))),
  },
  {
    name: 'postgres',
    timeoutMs: 2_000,
    run: async () => void (await Promise.all(assemblies.map(one => one.closePostgres()))),
  },
]
const stop = () => void runPhases(phases, log).then(clean => process.exit(clean ? 0 : 1))
process.once('SIGTERM', stop)
// The supervisor is gone, by kill -9 perhaps: nothing may be left running.
process.once('disconnect', stop)

server.listen(configs.auth.port, '127.0.0.1')
await once(server, 'listening')
process.send?.('ready')
