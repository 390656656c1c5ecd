import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'
import { at, type Json, list, text } from '../manifests/json.ts'
import { type CommandTag, execute, type RunOptions, root, splitCommand } from './command.ts'

/** Written by `make up` of this checkout. */
export const localConfig = join(root, '.kube/config')

/** The cluster of KUBECONFIG, else the local one of `make up`, else the one that kubectl chooses. */
export const clusterEnvironment = (): Readonly<Record<string, string>> =>
  process.env['KUBECONFIG'] === undefined && existsSync(localConfig) ? { KUBECONFIG: localConfig } : {}

/** Whether kubectl reads the file that `make up` of this checkout wrote, and no other one. */
export function isLocalConfig(): boolean {
  const config = process.env['KUBECONFIG'] ?? localConfig
  return [config, localConfig].every(existsSync) && realpathSync(config) === realpathSync(localConfig)
}

/** These take as long as what they wait for. */
const waitingCommands = ['wait', 'rollout', 'delete', 'exec', 'kustomize']

export const kubectlWith =
  (options: RunOptions): CommandTag<string> =>
  (strings, ...values) => {
    const args = splitCommand(strings, values)
    const timeout = waitingCommands.includes(args[0] ?? '') ? [] : ['--request-timeout=30s']
    return execute('kubectl', [...args, ...timeout], { ...options, environment: clusterEnvironment() })
  }

export const kubectl = kubectlWith({})

/** Resolves with an object or a list as the API server has it: get`service kourier --namespace ${namespace}`. */
export const get: CommandTag<Json | undefined> = async (strings, ...values) => {
  const options = ['--ignore-not-found', '--output=json']
  const written = await kubectl`get ${splitCommand(strings, values)} ${options}`
  return written.trim() === '' ? undefined : JSON.parse(written)
}

export const getItems: CommandTag<readonly Json[]> = async (strings, ...values) =>
  list(await get(strings, ...values), 'items')

/** YAML 1.1, as kubectl reads it: there an unquoted `yes` is a boolean. */
export const toYaml = (objects: readonly Json[]) =>
  objects.map(object => stringify(object, { version: '1.1' })).join('---\n')

export const fromYaml = (documents: string): readonly Json[] =>
  parseAllDocuments(documents).map((document): Json => document.toJS())

export async function apply(objects: readonly Json[]): Promise<void> {
  if (objects.length > 0) await kubectlWith({ input: toYaml(objects) })`apply --filename -`
}

/** Leaves no annotation with a copy of the values, as Secrets need it. */
export async function applyServerSide(objects: readonly Json[]): Promise<void> {
  if (objects.length > 0) await kubectlWith({ input: toYaml(objects) })`apply --server-side --filename -`
}

export const kindOf = (object: Json | undefined) => text(object, 'kind') ?? ''
export const nameOf = (object: Json | undefined) => text(object, 'metadata', 'name') ?? ''

const conditionOf = (object: Json | undefined, type: string) =>
  list(object, 'status', 'conditions').find(condition => text(condition, 'type') === type)

/** Whether the condition holds: `Ready`, `Available`, `Complete`. */
export const isTrue = (object: Json | undefined, type: string) =>
  text(conditionOf(object, type), 'status') === 'True'

export const isFalse = (object: Json | undefined, type: string) =>
  text(conditionOf(object, type), 'status') === 'False'

export const reasonOf = (object: Json | undefined, type: string) => {
  const condition = conditionOf(object, type)
  return text(condition, 'message') ?? text(condition, 'reason') ?? 'no reason is given'
}

/** Whether the status is that of the latest change. */
export const isObserved = (object: Json | undefined) =>
  at(object, 'metadata', 'generation') === at(object, 'status', 'observedGeneration')
