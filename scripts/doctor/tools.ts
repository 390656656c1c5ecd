import { isInstalled, root, succeeds } from '../cluster/command.ts'
import { versions } from '../release/overlay.ts'
import { type Finding, finding } from './finding.ts'

const packageManager = 'install it from your package manager'

export async function checkTools(): Promise<readonly Finding[]> {
  const tools = {
    docker: 'install Docker Engine 24 or newer, https://docs.docker.com/engine/install/',
    kubectl: 'install kubectl 1.35 or newer, https://kubernetes.io/docs/tasks/tools/',
    openssl: `${packageManager} (certificates of the local cluster)`,
    curl: packageManager,
    git: `${packageManager} (images are named after the commit)`,
    kind: `install kind ${versions()['KIND_VERSION']}, https://kind.sigs.k8s.io/docs/user/quick-start/ (local cluster only)`,
  }
  const isUp = await succeeds`docker info`
  return [
    finding('packages', !isInstalled('biome') && `node_modules of ${root} is not complete`, 'make install'),
    ...Object.entries(tools).map(([tool, remedy]) =>
      finding(`tool ${tool}`, !isInstalled(tool) && 'is not on PATH', remedy),
    ),
    finding(
      'Docker',
      !isUp && 'does not respond',
      'start it, and check that this user may use it: docker info',
    ),
  ]
}
