// The Redis of `make dev` and of the tests, with a user for each function as in a cluster.
import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stopLeftover } from './leftover.ts'
import { accountId } from './postgres-program.ts'
import { containerName, type RedisProgram, removeContainer } from './redis-program.ts'
import { aclFile, type RedisPasswords, type RedisUser } from './redis-users.ts'
import { type ServerProcess, startServer } from './server-process.ts'

export interface RedisOptions {
  readonly program: RedisProgram
  /** Data folder; created if missing. */
  readonly folder: string
  readonly port: number
  readonly passwordOf: RedisPasswords
  /** Makes a user that may do everything. */
  readonly ownerPassword?: string
  /** Lines of redis.conf. */
  readonly settings: readonly string[]
  readonly onOutput?: ((text: string) => void) | undefined
}

export interface Redis extends ServerProcess {
  urlOf(user: RedisUser, database?: number): string
}

export async function startRedis(options: RedisOptions): Promise<Redis> {
  const { program, folder, port, passwordOf, ownerPassword, settings, onOutput } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (program.kind === 'container') removeContainer(folder)
  else await stopLeftover(join(folder, 'redis.pid'), folder, 'SIGTERM')

  const place =
    program.kind === 'container'
      ? ['bind 0.0.0.0', 'port 6379', 'dir /data']
      : [
          'bind 127.0.0.1',
          `port ${port}`,
          `dir ${JSON.stringify(folder)}`,
          'pidfile redis.pid',
          keptArguments,
        ]
  // The server works in the folder, so the name alone is enough. Arguments would be visible to every user of the machine.
  const lines = [...place, 'aclfile users.acl', ...settings]
  writeFileSync(join(folder, 'users.acl'), aclFile(passwordOf, ownerPassword), { mode: 0o600 })
  writeFileSync(join(folder, 'redis.conf'), `${lines.join('\n')}\n`, { mode: 0o600 })

  const server = await startServer({
    name: 'Redis',
    command: command(program, folder, port),
    folder,
    readyText: 'Ready to accept connections',
    stopSignal: 'TERM',
    remedy: `remove ${folder} to start with an empty cache`,
    onOutput,
  })
  return {
    ...server,
    urlOf: (user, database = 0) => redisUrl(user, passwordOf(user), port, database),
  }
}

/** Redis would write its address over them, and `stopLeftover` knows a server by the folder that they name. */
const keptArguments = 'set-proc-title no'

export const redisUrl = (user: string, password: string, port: number, database = 0) =>
  `redis://${user}:${password}@127.0.0.1:${port}/${database}`

function command(program: RedisProgram, folder: string, port: number): readonly string[] {
  if (program.kind === 'installed') return [program.file, join(folder, 'redis.conf')]
  // For root, the image would change to a user that cannot enter the folder.
  const isRoot = process.getuid?.() === 0
  const user = isRoot ? `${accountId}:${accountId}` : `${process.getuid?.()}:${process.getgid?.()}`
  if (isRoot) {
    for (const name of ['', 'users.acl', 'redis.conf']) chownSync(join(folder, name), accountId, accountId)
  }
  return [
    ...['docker', 'run', '--rm', '--name', containerName(folder), '--user', user],
    ...['--publish', `127.0.0.1:${port}:6379`, '--volume', `${folder}:/data`],
    // As an option: an entrypoint may insert options first, and a file cannot follow options.
    ...[program.image, 'redis-server', '--include', '/data/redis.conf'],
  ]
}
