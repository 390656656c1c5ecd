import type { Connections } from '../connections.ts'
import { documentOperationOf, healthOperationOf } from '../openapi/health.ts'
import type { HttpApp } from './context.ts'
import { health } from './health.ts'
import { serveOpenApi } from './openapi.ts'
import { type Guards, route } from './route.ts'

export interface SystemRoutesOptions {
  /** The name of the function, which is the first segment of its paths. */
  readonly name: string
  readonly version: string
  readonly connections: Connections
}

/** Mounts the routes of every function. Called before routes with a parameter in the same place of the path. */
export function systemRoutes(app: HttpApp, guards: Guards, options: SystemRoutesOptions): void {
  const { name, version, connections } = options
  route(app, guards, healthOperationOf(name), health(version, connections))
  route(app, guards, documentOperationOf(name), serveOpenApi)
}

export const systemOperations = (name: string) => [healthOperationOf(name), documentOperationOf(name)]
