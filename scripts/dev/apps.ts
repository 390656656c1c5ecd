// The child of `make dev`: migrates, then serves every function on one port. Restarted on every change.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { MigrationConflict } from '../../functions/migrate/applied.ts'
import { readConfig as readMigrateConfig } from '../../functions/migrate/config.ts'
import { migrate } from '../../functions/migrate/migrate.ts'
import { readMigrations } from '../../functions/migrate/migrations.ts'
import { functions } from '../../functions/registry.ts'
import { createAdmission } from '../../functions/shared/http/admission.ts'
import { createListener } from '../../functions/shared/http/listener.ts'
import { refuseInvalid, refuseMalformed } from '../../functions/shared/http/malformed-request.ts'
import type { Composition } from '../../functions/shared/http/serve.ts'
import { createLog } from '../../functions/shared/log.ts'
import { runPhases } from '../../functions/shared/shutdown.ts'
import { root } from '../cluster/command.ts'
import { dataFolder } from './data-folder.ts'
import { readEnvironment } from './environment.ts'
import { createPages } from './pages.ts'
import { createRouter, hasRoomForWrites } from './router.ts'

const folder = process.argv[2] ?? dataFolder
const log = createLog('dev', 'info')

const compositions = new Map<string, Composition>()
// Every function has the same port and origins in its environment.
const { port, corsOrigins } = functions[0].readConfig(readEnvironment(folder, functions[0].name))
const pages = createPages(`http://localhost:${port}`)
const respond = createListener(createRouter(compositions, pages))
const admission = createAdmission(log, corsOrigins)
const server = createServer({ requireHostHeader: false }, (incoming, outgoing) => {
  if (!refuseInvalid(incoming, outgoing) && admission.admit(incoming, outgoing)) respond(incoming, outgoing)
})
refuseMalformed(server)

process.once('SIGTERM', stop)
// The supervisor is gone, perhaps by kill -9: stop too.
process.once('disconnect', stop)

const migrations = readMigrations(join(root, 'functions'))
const migrateConfig = readMigrateConfig(readEnvironment(folder, 'migrate'), migrations)
await migrate({ ...migrateConfig, migrations, log }).catch(error => {
  if (!(error instanceof MigrationConflict)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
for (const { name, compose } of functions)
  compositions.set(name, await compose(readEnvironment(folder, name)))
admission.loaded(hasRoomForWrites(compositions))
server.listen(port, '127.0.0.1')
await once(server, 'listening')
process.send?.('ready')

async function stop(): Promise<void> {
  const every = async (close: (composition: Composition) => Promise<void>) => {
    await Promise.all([...compositions.values()].map(close))
  }
  const phases = [
    { name: 'http', timeoutMs: 2_000, run: drain },
    { name: 'redis', timeoutMs: 1_000, run: () => every(composition => composition.closeRedis()) },
    { name: 'postgres', timeoutMs: 2_000, run: () => every(composition => composition.closePostgres()) },
  ]
  process.exit((await runPhases(phases, log)) ? 0 : 1)
}

function drain(): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
