// What a command works on: the environment and the function that its options name.

import * as v from 'valibot'
import { functionNames } from '../../functions/registry.ts'
import { processName as together } from '../../functions/shared/together.ts'
import { oneOf, text, UsageError } from '../cli/options.ts'
import { requireTools } from '../cluster/command.ts'
import { kubectl, nameOf } from '../cluster/kubectl.ts'
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

export async function requireCluster(): Promise<void> {
  requireTools(['kubectl'])
  try {
    await kubectl`get --raw /readyz`
  } catch {
    throw new UsageError(
      'the cluster does not respond. Name one by KUBECONFIG, or create a local one: make up.',
    )
  }
}
