import type { Connections } from '../shared/connections.ts'
import type { HttpApp } from '../shared/http/context.ts'
import { createFrame, refuseOtherMethods } from '../shared/http/frame.ts'
import { health } from '../shared/http/health.ts'
import { serveOpenApi } from '../shared/http/openapi.ts'
import type { KeySet } from '../shared/key-set.ts'
import type { Log } from '../shared/log.ts'
import type { Config } from './config.ts'
import type { Auth } from './domain.ts'
import { routes } from './routes.ts'

export interface Dependencies {
  readonly config: Pick<Config, 'corsOrigins' | 'version'>
  readonly log: Log
  readonly auth: Auth
  readonly keySet: KeySet
  readonly connections: Connections
}

export function createApp({ config, log, auth, keySet, connections }: Dependencies): HttpApp {
  const app = createFrame({ log, corsOrigins: config.corsOrigins })
  app.get('/auth/health', health(config.version, connections))
  app.get('/auth/openapi.json', serveOpenApi)
  routes(app, auth, keySet)
  refuseOtherMethods(app)
  return app
}
