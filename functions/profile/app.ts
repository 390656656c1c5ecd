import type { VerifyAccessToken } from '../shared/access-token.ts'
import type { Connections } from '../shared/connections.ts'
import type { HttpApp } from '../shared/http/context.ts'
import { createFrame, refuseOtherMethods } from '../shared/http/frame.ts'
import { health } from '../shared/http/health.ts'
import { serveOpenApi } from '../shared/http/openapi.ts'
import type { Log } from '../shared/log.ts'
import type { Config } from './config.ts'
import type { Profiles } from './domain.ts'
import { routes } from './routes.ts'

export interface Dependencies {
  readonly config: Pick<Config, 'corsOrigins' | 'version'>
  readonly log: Log
  readonly profiles: Profiles
  readonly verifyAccessToken: VerifyAccessToken
  readonly connections: Connections
}

export function createApp({ config, log, profiles, verifyAccessToken, connections }: Dependencies): HttpApp {
  const app = createFrame({ log, corsOrigins: config.corsOrigins })
  // Before /profile/{username}: both names are refused as usernames.
  app.get('/profile/health', health(config.version, connections))
  app.get('/profile/openapi.json', serveOpenApi)
  routes(app, profiles, verifyAccessToken)
  refuseOtherMethods(app)
  return app
}
