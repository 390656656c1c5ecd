import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { StartFailure } from './start-failure.ts'

export type RedisProgram =
  | { readonly kind: 'installed'; readonly file: string }
  | { readonly kind: 'container'; readonly image: string }

const image = 'redis:8'
const files = ['redis-server', 'valkey-server']

/** Returns the Redis of this machine, or one from apt, or a container. Calls `tell` before a step that takes time. */
export function findRedis(tell: (line: string) => void): RedisProgram | undefined {
  const installed = findInstalled() ?? installWithApt(tell)
  if (installed !== undefined) return { kind: 'installed', file: installed }
  if (succeeds('docker', ['info']) && (hasImage() || fetchImage(tell))) return { kind: 'container', image }
  return undefined
}

export function requireRedis(tell: (line: string) => void): RedisProgram {
  const program = findRedis(tell)
  if (program !== undefined) return program
  throw new StartFailure(`Redis is missing, and the tests need it: ${waysToAddRedis()}, then start again.`)
}

/** For the package manager that this machine has. */
export function waysToAddRedis(): string {
  const commands = [
    ['brew', 'brew install redis'],
    ['apt-get', 'sudo apt-get install --yes redis-server'],
    ['dnf', 'sudo dnf install --assumeyes valkey'],
    ['pacman', 'sudo pacman --sync --noconfirm valkey'],
  ] as const
  const found = commands.find(([manager]) => succeeds(manager, ['--version']))
  const way = found === undefined ? 'put redis-server or valkey-server on PATH' : `run \`${found[1]}\``
  return `${way}, or start Docker`
}

const findInstalled = () => files.find(file => succeeds(file, ['--version']))

function installWithApt(tell: (line: string) => void): string | undefined {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive']
  const run = (...command: readonly string[]) => {
    const [file = '', ...parameters] = [...sudo, ...command]
    return succeeds(file, parameters)
  }
  if (!succeeds('apt-get', ['--version']) || !run('true')) return undefined
  tell('No Redis on this machine: installing redis-server with apt-get.')
  const install = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '--yes', '--quiet=2']
  const options = ['--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', 'redis-server']
  if (
    !run(...install, ...options) &&
    !(run('apt-get', 'update', '--quiet=2') && run(...install, ...options))
  ) {
    return undefined
  }
  // The package starts its own server on 6379, which is not needed.
  run('systemctl', 'disable', '--now', 'redis-server')
  return findInstalled()
}

const hasImage = () => succeeds('docker', ['image', 'inspect', image])

function fetchImage(tell: (line: string) => void): boolean {
  tell(`No Redis on this machine: fetching the image ${image}.`)
  return succeeds('docker', ['pull', '--quiet', image])
}

function succeeds(file: string, parameters: readonly string[]): boolean {
  return spawnSync(file, parameters, { stdio: 'ignore' }).status === 0
}

/** One name per data folder, so that a leftover container is found by it. */
export const containerName = (folder: string) =>
  `iod-redis-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`

export function removeContainer(folder: string): void {
  execFileSync('docker', ['rm', '--force', containerName(folder)], { stdio: 'ignore' })
}
