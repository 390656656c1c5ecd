// What a command works on: the environment and the function that its options name.

import * as v from 'valibot'
import { functionNames } from '../../functions/registry.ts'
import { processName as together } from '../../functions/shared/together.ts'
import { type Options, oneOf, text, UsageError } from '../cli/options.ts'
import { requireTools } from '../cluster/command.ts'
import { get, kubectl, nameOf } from '../cluster/kubectl.ts'
import type { Json } from '../manifests/json.ts'
import { readOverlay } from '../manifests/rendered.ts'
import { type EnvironmentName, environments, namespaceOf, processNames } from './overlay.ts'

export interface Target {
  readonly environment: EnvironmentName
  readonly namespace: string
  /** The environment's objects, with placeholders for images. */
  readonly objects: readonly Json[]
}

/** Options of every command that works on a cluster. */
export const clusterOptions = {
  ENVIRONMENT: v.optional(oneOf(environments), 'kind'),
  /** The rest is read where it is used: by kubectl, and by `localGateway`. */
  KUBECONFIG: text,
  GATEWAY_URL: text,
  CA_FILE: text,
}

/** Options of a command that works on `make dev` or on a cluster. */
export const developmentOrCluster = {
  ...clusterOptions,
  ENVIRONMENT: v.optional(oneOf(environments)),
  ON: v.optional(oneOf(['cluster'])),
}

/**
 * Options of a command that works on a database: that of the cluster that ENVIRONMENT or ON=cluster names, DATABASE_URL
 * with ON=url, else that of `make dev`. DATABASE_URL alone is not enough: another project may have left it in the shell.
 */
export const placeOptions = {
  ...developmentOrCluster,
  ON: v.optional(oneOf(['cluster', 'url'])),
  DATABASE_URL: text,
  DATABASE_CA: text,
  DATA_FOLDER: text,
}

export interface Place {
  readonly kind: 'cluster' | 'url' | 'dev'
  readonly environment: EnvironmentName
}

/** Returns the place that the options name; an ENVIRONMENT alone is a cluster. */
export function placeOf({
  ON,
  ENVIRONMENT,
}: Pick<Options<typeof placeOptions>, 'ON' | 'ENVIRONMENT'>): Place {
  // On the command line it is meant, and would be ignored.
  if (ON !== 'url' && process.argv.includes('DATABASE_URL'))
    throw new UsageError('DATABASE_URL is read with ON=url only.')
  return {
    kind: ON ?? (ENVIRONMENT === undefined ? 'dev' : 'cluster'),
    environment: ENVIRONMENT ?? 'kind',
  }
}

/** A Knative Service: a function, or `together`. */
export const FUNCTION = oneOf(processNames)

export function targetOf(environment: EnvironmentName): Target {
  const objects = readOverlay(environment)
  return { environment, namespace: namespaceOf(objects), objects }
}

/** Returns which of the cluster's Knative Services serve the functions: one for each, or `together`. */
export const deployedNames = (services: readonly Json[]): readonly string[] =>
  services.some(service => nameOf(service) === together) ? [together] : functionNames

export const isPhase = (environment: EnvironmentName) => environment.startsWith('phase')

/** The command that creates or updates the environment. */
export function deployCommand(environment: EnvironmentName): string {
  if (environment === 'kind') return 'make up'
  return isPhase(environment) ? `make deploy-${environment}` : `make deploy ENVIRONMENT=${environment}`
}

const isProduction = (environment: EnvironmentName | undefined) => environment?.startsWith('production')

/** kind/cluster.sh writes it. */
const localMark = 'made-by-make-up'

/**
 * Rejects a cluster that does not respond. The namespace `iod` is that of `kind`, the default, and of production: so it also
 * rejects any but a cluster of `make up` for the one, and a cluster of `make up` for the other.
 */
export async function requireCluster(environment?: EnvironmentName): Promise<void> {
  requireTools(['kubectl'])
  try {
    await kubectl`get --raw /readyz`
  } catch {
    throw new UsageError(
      'the cluster does not respond. Name one by KUBECONFIG, or create a local one: make up.',
    )
  }
  // Of the others, staging and the phases have namespaces of their own and may be beside it.
  if (environment !== 'kind' && !isProduction(environment)) return
  // On another cluster the namespace kube-system may be forbidden.
  const mark = await get`configmap ${localMark} --namespace kube-system`.catch(() => undefined)
  const isLocal = nameOf(mark) === localMark
  if (environment !== 'kind' && isLocal)
    throw new UsageError(
      `this cluster is the local one of \`make up\`, whose namespace iod is that of ${environment} too: name the other cluster by KUBECONFIG.`,
    )
  if (environment === 'kind' && !isLocal)
    throw new UsageError(
      'this cluster is not one of `make up`, which ENVIRONMENT=kind, the default, is for: name its environment, as in ENVIRONMENT=production.',
    )
}
