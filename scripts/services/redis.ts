import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stopLeftover } from './leftover.ts'
import { accountId } from './postgres-program.ts'
import { containerName, type RedisProgram, removeContainer } from './redis-program.ts'
import { type ServerProcess, startServer } from './server-process.ts'

export interface RedisOptions {
  readonly program: RedisProgram
  /** Data folder; made when it is not there. */
  readonly folder: string
  readonly port: number
  readonly password: string
  /** Lines of redis.conf. */
  readonly settings: readonly string[]
  readonly removeWhenStopped: readonly string[]
  readonly onOutput: (text: string) => void
}

export interface Redis extends ServerProcess {
  url(database: number): string
}

export async function startRedis(options: RedisOptions): Promise<Redis> {
  const { program, folder, port, password, settings, removeWhenStopped, onOutput } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (program.kind === 'container') removeContainer(folder)
  else await stopLeftover(join(folder, 'redis.pid'), folder, 'SIGTERM')

  const place =
    program.kind === 'container'
      ? ['bind 0.0.0.0', 'port 6379', 'dir /data']
      : ['bind 127.0.0.1', `port ${port}`, `dir ${JSON.stringify(folder)}`, 'pidfile redis.pid']
  // In a file and not in arguments: those are for every user of the machine to see.
  const lines = [...place, `requirepass ${password}`, ...settings]
  writeFileSync(join(folder, 'redis.conf'), `${lines.join('\n')}\n`, { mode: 0o600 })

  const server = await startServer({
    name: 'Redis',
    command: command(program, folder, port),
    folder,
    readyText: 'Ready to accept connections',
    stopSignal: 'TERM',
    removeWhenStopped,
    remedy: `remove ${folder} to start with an empty cache`,
    onOutput,
  })
  return { ...server, url: database => `redis://:${password}@127.0.0.1:${port}/${database}` }
}

function command(program: RedisProgram, folder: string, port: number): readonly string[] {
  if (program.kind === 'installed') return [program.file, join(folder, 'redis.conf')]
  // Root would be made another user by the image, one who may not enter the folder.
  const isRoot = process.getuid?.() === 0
  const user = isRoot ? `${accountId}:${accountId}` : `${process.getuid?.()}:${process.getgid?.()}`
  if (isRoot) for (const path of [folder, join(folder, 'redis.conf')]) chownSync(path, accountId, accountId)
  return [
    ...['docker', 'run', '--rm', '--name', containerName(folder), '--user', user],
    ...['--publish', `127.0.0.1:${port}:6379`, '--volume', `${folder}:/data`],
    // As an option: an entrypoint may put options of its own first, and a file cannot follow those.
    ...[program.image, 'redis-server', '--include', '/data/redis.conf'],
  ]
}
