// What `make doctor` says about this machine.
import { isInstalled, root, succeeds } from '../cluster/command.ts'
import { clusterTools } from '../cluster/tools.ts'
import { type Finding, finding } from './finding.ts'

export async function checkTools(): Promise<readonly Finding[]> {
  const isUp = await succeeds`docker info`
  return [
    finding('packages', !isInstalled('biome') && `node_modules of ${root} is not complete`, 'make install'),
    ...Object.entries(clusterTools()).map(([tool, remedy]) =>
      finding(`tool ${tool}`, !isInstalled(tool) && 'is not on PATH', remedy),
    ),
    finding(
      'Docker',
      !isUp && 'does not respond',
      'start it, and check that this user may use it: docker info',
    ),
  ]
}
