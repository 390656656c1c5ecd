import { isInstalled, root, run } from '../cluster/command.ts'
import { versions } from '../release/overlay.ts'
import { type Finding, finding } from './finding.ts'

const needed: Readonly<Record<string, string>> = {
  docker: 'install Docker Engine 24 or newer, https://docs.docker.com/engine/install/',
  kubectl: 'install kubectl 1.35 or newer, https://kubernetes.io/docs/tasks/tools/',
  kn: 'install kn, https://knative.dev/docs/client/install-kn/ (deploy, canary, promote, rollback)',
  openssl: 'install it from your package manager (certificates of the local cluster)',
  curl: 'install it from your package manager',
  git: 'install it from your package manager (images are named after the commit)',
}

export async function checkTools(): Promise<readonly Finding[]> {
  const { KIND_VERSION } = versions()
  const kind = `install kind ${KIND_VERSION}, https://kind.sigs.k8s.io/docs/user/quick-start/ (local cluster only)`
  const tools = Object.entries({ ...needed, kind }).map(([tool, remedy]) =>
    finding(`tool ${tool}`, isInstalled(tool), 'is not on PATH', remedy),
  )
  const docker = await run('docker', ['info']).then(
    () => true,
    () => false,
  )
  return [
    finding('packages', isInstalled('biome'), `node_modules of ${root} is not complete`, 'make install'),
    ...tools,
    finding(
      'Docker',
      docker,
      'does not answer',
      'start it, and check that this user may use it: docker info',
    ),
  ]
}
