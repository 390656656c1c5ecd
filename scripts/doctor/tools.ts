// What `make doctor` says about this machine.
import { isInstalled, root, succeeds } from '../cluster/command.ts'
import { clusterTools } from '../cluster/tools.ts'
import type { EnvironmentName } from '../release/overlay.ts'
import { type Finding, finding } from './finding.ts'

/** For the cluster of `make up`, and to build images: another cluster is watched and rolled back without them. */
const localTools = ['docker', 'openssl', 'kind']

export async function checkTools(environment: EnvironmentName): Promise<readonly Finding[]> {
  const isLocal = environment === 'kind'
  const tools = Object.entries(clusterTools()).filter(([tool]) => isLocal || !localTools.includes(tool))
  return [
    finding('packages', !isInstalled('biome') && `node_modules of ${root} is not complete`, 'make install'),
    ...tools.map(([tool, remedy]) => finding(`tool ${tool}`, !isInstalled(tool) && 'is not on PATH', remedy)),
    ...(isLocal ? [await checkDocker()] : []),
  ]
}

async function checkDocker(): Promise<Finding> {
  const isUp = await succeeds`docker info`
  const remedy = 'start it, and check that this user may use it: docker info'
  return finding('Docker', !isUp && 'does not respond', remedy)
}
