// The programs that commands of this repository start, and how to get each.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { UsageError } from '../cli/options.ts'

/** Reads kind/versions.env. */
export const versions = () =>
  parseEnv(readFileSync(join(import.meta.dirname, '../../kind/versions.env'), 'utf8'))

const packageManager = 'install it from your package manager'

/** What a cluster needs; `make doctor` checks these. */
export const clusterTools = (): Readonly<Record<string, string>> => ({
  docker: 'install Docker Engine 24 or newer, https://docs.docker.com/engine/install/',
  kubectl: 'install kubectl 1.35 or newer, https://kubernetes.io/docs/tasks/tools/',
  openssl: `${packageManager} (certificates of the local cluster)`,
  curl: 'install curl 7.78 or newer from your package manager',
  git: `${packageManager} (images are named after the commit)`,
  kind: `install kind ${versions()['KIND_VERSION']}, https://kind.sigs.k8s.io/docs/user/quick-start/ (local cluster only)`,
})

const otherTools: Readonly<Record<string, string>> = {
  checkov: 'install it: pipx install checkov==3.3.30',
  cosign: 'install it, https://docs.sigstore.dev/cosign/system_config/installation/',
}

/** The error about a program that is not on PATH, with the way to get it. */
export function missingTool(program: string): UsageError {
  const remedy = { ...clusterTools(), ...otherTools }[program] ?? packageManager
  return new UsageError(`${program} is needed and is not on PATH: ${remedy}.`)
}
