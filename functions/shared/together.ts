import type { CommonConfig } from './config.ts'
import { ConfigError, type Environment } from './environment.ts'
import { findByPath, noFunction, type Routed, targetOf } from './http/path-router.ts'
import type { Backend } from './http/serve.ts'
import { createLog } from './log.ts'
import { type FunctionParts, readServed, type Served, startProcess } from './start.ts'

/** Also the name of the Knative Service, the image and the folder in `dist`. */
export const processName = 'together'

interface Member extends Routed {
  readonly name: string
  readonly read: (environment: Environment) => Served
}

interface MemberParts<Config extends CommonConfig> extends FunctionParts<Config>, Routed {}

/**
 * One of the functions of a process; the type of its configuration stays inside. The program that calls it is written by
 * scripts/build/together.ts.
 * @public
 */
export const member = <Config extends CommonConfig>({ prefixes, ...parts }: MemberParts<Config>): Member => ({
  name: parts.name,
  prefixes,
  read: environment => readServed(parts, environment),
})

/**
 * The process of several functions, so that a visitor who needs all of them waits for one wake. Each has its own
 * configuration, connections, Postgres role, Redis user and wiring, as in a process of its own.
 * @public
 */
export function startTogether(first: Member, ...others: readonly Member[]): void {
  startProcess(processName, () => {
    const head = readMember(first)
    const members = [head, ...others.map(readMember)]
    return {
      // The port, the level of the log and the traces, which are the same for all.
      config: head.config,
      compose: async () =>
        joinBackends(
          await Promise.all(
            members.map(async ({ name, prefixes, config, compose }) => ({
              prefixes,
              ...(await compose(createLog(name, config.logLevel))),
            })),
          ),
        ),
    }
  })
}

/** A variable of the function alone begins with its name: `POSTS_DATABASE_URL`. */
export const variablePrefix = (name: string) => `${name.toUpperCase()}_`

function readMember(member: Member): Member & Served {
  const { name, read } = member
  const prefix = variablePrefix(name)
  const own = Object.entries(process.env).flatMap(([variable, value]) =>
    variable.startsWith(prefix) ? [[variable.slice(prefix.length), value]] : [],
  )
  try {
    return { ...member, ...read({ ...process.env, ...Object.fromEntries(own) }) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ConfigError(`${name}, whose variables begin with ${prefix}: ${error.message}`)
  }
}

function joinBackends(backends: readonly (Backend & Routed)[]): Backend {
  return {
    fetch: (request, bindings) => {
      const target = targetOf(request)
      return findByPath(backends, target)?.fetch(request, bindings) ?? noFunction(request, backends)
    },
    hasRoomForWrites: target => findByPath(backends, target)?.hasRoomForWrites?.(target) ?? true,
    closeRedis: async () => void (await Promise.all(backends.map(one => one.closeRedis()))),
    closePostgres: async () => void (await Promise.all(backends.map(one => one.closePostgres()))),
  }
}
