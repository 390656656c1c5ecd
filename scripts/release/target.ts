import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { kubectl } from '../cluster/command.ts'
import type { Json } from '../manifests/json.ts'
import { renderedFolder } from '../manifests/rendered.ts'
import { type EnvironmentName, environments, type FunctionName, functions, namespaceOf } from './overlay.ts'
import { given, Refusal } from './program.ts'

export interface Target {
  readonly environment: EnvironmentName
  readonly namespace: string
  /** The environment's objects as they stand in the repository: placeholders for images. */
  readonly objects: readonly Json[]
}

/** The environment that ENVIRONMENT names, `kind` when it names none. */
export function chosenTarget(): Target {
  const name = given('ENVIRONMENT') ?? 'kind'
  const environment = environments.find(known => known === name)
  if (environment === undefined)
    throw new Refusal(`ENVIRONMENT is one of ${environments.join(', ')}, not ${name}.`)
  const file = readFileSync(join(renderedFolder, `${environment}.yaml`), 'utf8')
  const objects = parseAllDocuments(file).map((document): Json => document.toJS())
  return { environment, namespace: given('NAMESPACE') ?? namespaceOf(objects), objects }
}

/** What brings the environment, or brings it up to date. */
export function deployCommand(environment: EnvironmentName): string {
  if (environment === 'kind') return 'make up'
  return environment.startsWith('phase')
    ? `make deploy-${environment}`
    : `make deploy ENVIRONMENT=${environment}`
}

/** The function that FUNCTION names. */
export function chosenFunction(): FunctionName {
  const name = given('FUNCTION')
  const known = functions.find(one => one === name)
  if (known !== undefined) return known
  const which = name === undefined ? 'FUNCTION is missing' : `there is no function ${name}`
  throw new Refusal(`${which}; there are ${functions.join(', ')}.`)
}

export async function requireCluster(): Promise<void> {
  try {
    await kubectl(['get', '--raw', '/readyz'])
  } catch {
    throw new Refusal('the cluster does not answer. Name one by KUBECONFIG, or make a local one: make up.')
  }
}
