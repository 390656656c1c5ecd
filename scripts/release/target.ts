// What a command works on: the environment and the function that its options name.

import { type FunctionName, functionNames } from '../../functions/registry.ts'
import { readOption, UsageError } from '../cli.ts'
import { kubectl } from '../cluster/kubectl.ts'
import type { Json } from '../manifests/json.ts'
import { readOverlay } from '../manifests/rendered.ts'
import { type EnvironmentName, environments, namespaceOf } from './overlay.ts'

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

/** Returns the function of FUNCTION. */
export function readFunction(): FunctionName {
  const name = readOption('FUNCTION')
  const known = functionNames.find(one => one === name)
  if (known !== undefined) return known
  const fault = name === undefined ? 'FUNCTION is missing' : `there is no function ${name}`
  throw new UsageError(`${fault}; there are ${functionNames.join(', ')}.`)
}

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
