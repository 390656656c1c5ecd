import type * as v from 'valibot'
import type { CommonConfig } from './shared/config.ts'
import { type Connections, openConnections } from './shared/connections.ts'
import type { Environment } from './shared/environment.ts'
import type { Composition } from './shared/http/serve.ts'
import { createLog, type Log } from './shared/log.ts'
import type { DocumentedOperation } from './shared/openapi/documented-operation.ts'
import type { AclSelector } from './shared/redis/access.ts'

/**
 * The source of the value of a secret variable: 32 random bytes in base64url, generated once; the private or the
 * public JWK set; or the operator, who may leave it out.
 */
export type SecretSource = 'random' | 'private-keys' | 'public-keys' | 'operator'

export interface FunctionParts<Name extends string, Config extends CommonConfig> {
  /** The folder, the first segment of its paths, its Knative Service and its Postgres schema. */
  readonly name: Name
  /** Paths that it serves beyond those that begin with its name. */
  readonly otherPaths?: readonly `/${string}`[]
  /** One line for the tag of its operations in the OpenAPI document. */
  readonly description: string
  /** The variables that it reads from its environment. */
  readonly variables: v.ObjectEntries
  /** Its secret variables, beyond the URLs of Postgres and Redis that every function has. */
  readonly secrets: Readonly<Record<string, SecretSource>>
  /** The rights of its Redis user, beyond connecting. */
  readonly redisAccess: readonly AclSelector[]
  readonly readConfig: (environment: Environment) => Config
  readonly loadCompose: () => Promise<
    (config: Config, log: Log, connections: Connections) => Promise<Composition>
  >
  readonly loadOperations: () => Promise<readonly DocumentedOperation[]>
  /** Schemas that get a name in the OpenAPI document instead of being repeated where they are used. */
  readonly loadSchemas: () => Promise<Readonly<Record<string, v.GenericSchema>>>
  /** Examples of bodies, by the names of their schemas. */
  readonly loadExamples: () => Promise<Readonly<Record<string, unknown>>>
  /** Its operations that need no token, by operationId: a new one is a decision. */
  readonly publicOperations?: readonly string[]
  /** Entry points with a bundle of their own beside main: `password-worker`. */
  readonly workers?: readonly string[]
  /** Files of its folder that it reads, or that a licence wants in its image. */
  readonly files?: readonly string[]
  /** Limit for its bundle, which every wake loads: it grows on purpose, by a change of this number. */
  readonly maxBundleBytes: number
  /** Requests that a wake brings: the image build sends them to fill the code cache. */
  readonly warmUp: readonly WarmUpRequest[]
}

export interface WarmUpRequest {
  readonly path: string
  /** Sent by POST as JSON where it is given. */
  readonly body?: Readonly<Record<string, string>>
}

interface ComposeOptions {
  readonly log?: Log
  readonly connections?: Connections
}

/** A function as scripts and tests know it; the type of its configuration stays inside. */
export interface FunctionDefinition<Name extends string = string>
  extends Omit<Required<FunctionParts<Name, CommonConfig>>, 'readConfig' | 'loadCompose'> {
  /** Its login role in Postgres, and its user in Redis. */
  readonly databaseRole: `iod_${Name}`
  readonly readConfig: (environment: Environment) => CommonConfig
  /** Reads the configuration, opens the connections and wires the function, without opening a port. */
  readonly compose: (environment: Environment, options?: ComposeOptions) => Promise<Composition>
}

export function defineFunction<const Name extends string, Config extends CommonConfig>({
  loadCompose,
  ...parts
}: FunctionParts<Name, Config>): FunctionDefinition<Name> {
  return {
    otherPaths: [],
    publicOperations: [],
    workers: [],
    files: [],
    ...parts,
    databaseRole: `iod_${parts.name}`,
    async compose(environment, options = {}) {
      const config = parts.readConfig(environment)
      const log = options.log ?? createLog(parts.name, config.logLevel)
      const connections = options.connections ?? (await openConnections(config, log))
      return (await loadCompose())(config, log, connections)
    },
  }
}

/** A path of the host with the function that serves what begins with it. */
export interface RoutedPath<Name extends string = string> {
  readonly name: Name
  readonly path: `/${string}`
}

/** The paths of functions, in their order, but `/authors` before `/auth`: a proxy takes the first that fits. */
export const pathsOf = <Name extends string>(
  functions: readonly Pick<FunctionDefinition<Name>, 'name' | 'otherPaths'>[],
): readonly RoutedPath<Name>[] =>
  functions
    .flatMap(({ name, otherPaths }) => [`/${name}` as const, ...otherPaths].map(path => ({ name, path })))
    .reduce<readonly RoutedPath<Name>[]>((ordered, added) => {
      const shorter = ordered.findIndex(({ path }) => added.path.startsWith(path))
      return ordered.toSpliced(shorter < 0 ? ordered.length : shorter, 0, added)
    }, [])
