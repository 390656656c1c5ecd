import type { Route, Target } from './http-load.ts'
import type { Server } from './server.ts'

/** A route of a process, under its name in the report. */
export interface Served {
  readonly label: string
  readonly server: Server
  readonly target: Target
}

export const served = (label: string, server: Server, route: Omit<Route, 'functionName'>): Served => ({
  ...{ label, server },
  target: { ...route, port: server.port },
})

/** The route of the baseline that responds with so many bytes. */
export const servedConstant = (server: Server, name: string, bytes: number): Served =>
  served(name, server, { name, method: 'GET', paths: [`/constant/${bytes}`], status: 200 })
