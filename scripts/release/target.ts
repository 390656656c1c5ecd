// What a command works on: the environment and the function that its options name.

import { functionNames } from '../../functions/registry.ts'
import { processName as together } from '../../functions/shared/together.ts'
import { readOption, UsageError } from '../cli.ts'
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

/** Returns the environment of ENVIRONMENT, by default `kind`. */
export function readTarget(): Target {
  const name = readOption('ENVIRONMENT') ?? 'kind'
  const environment = environments.find(known => known === name)
  if (environment === undefined)
    throw new UsageError(`ENVIRONMENT is one of ${environments.join(', ')}, not ${name}.`)
  const objects = readOverlay(environment)
  return { environment, namespace: namespaceOf(objects), objects }
}

/** Returns the Knative Service of FUNCTION: a function, or `together`. */
export function readFunction(): string {
  const name = readOption('FUNCTION')
  if (name !== undefined && processNames.includes(name)) return name
  const fault = name === undefined ? 'FUNCTION is missing' : `there is no function ${name}`
  throw new UsageError(`${fault}; there are ${processNames.join(', ')}.`)
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
  try {
    await kubectl`get --raw /readyz`
  } catch {
    throw new UsageError(
      'the cluster does not respond. Name one by KUBECONFIG, or create a local one: make up.',
    )
  }
}
