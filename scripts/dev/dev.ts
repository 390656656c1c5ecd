// `make dev`: PostgreSQL, Redis and every function, until Ctrl-C.
import { once } from 'node:events'
import { join } from 'node:path'
import * as v from 'valibot'
import { parseOptions, portOr, UsageError } from '../cli/options.ts'
import { root } from '../cluster/command.ts'
import { isPortFree } from '../services/free-port.ts'
import { startRedis } from '../services/redis.ts'
import { findRedis, type RedisProgram, waysToAddRedis } from '../services/redis-program.ts'
import { redisPasswordsFrom } from '../services/redis-users.ts'
import { StartFailure } from '../services/start-failure.ts'
import { choosePorts, dataFolder, openDataFolder, readSecrets, type Secrets } from './data-folder.ts'
import {
  readGiven,
  refuseUnknownOptions,
  requireValidEnvironments,
  writeEnvironments,
} from './environment.ts'
import { examples } from './examples.ts'
import { takeLock } from './lock.ts'
import { startDevPostgres, writeTo } from './postgres.ts'
import { runApps } from './reload.ts'

const tell = (line: string) => void process.stdout.write(`${line}\n`)

const optionSchemas = {
  PORT: portOr(8_080),
  SEED: v.optional(
    v.literal('demo', ({ input }) => `is demo, not ${input}; many posts come from \`make seed SIZE=10000\``),
  ),
}

/** Resolves when a signal has stopped everything, or to begin again with another list of functions. */
async function main(signal: AbortSignal): Promise<'stopped' | 'again'> {
  const stopRequested = once(signal, 'abort')
  await using running = new AsyncDisposableStack()
  refuseUnknownOptions(process.argv.slice(2))
  const given = readGiven(root, tell)
  const { PORT: port, SEED } = parseOptions(optionSchemas, given)
  process.chdir(root)
  openDataFolder(dataFolder)
  running.use(takeLock(dataFolder))
  await requireFreePort(port)
  const secrets = readSecrets(dataFolder)
  const ports = await choosePorts(dataFolder)
  writeEnvironments({ folder: dataFolder, secrets, ports, port, given })
  requireValidEnvironments(dataFolder)

  const program = given['REDIS_URL'] ? undefined : findRedis(tell)
  signal.throwIfAborted()
  const postgres = await startDevPostgres(dataFolder, ports, secrets)
  running.defer(postgres.stop)
  signal.throwIfAborted()
  const redis = program && (await startOwnRedis(program, ports.redis, secrets))
  if (redis !== undefined) running.defer(redis.stop)
  else if (!given['REDIS_URL']) {
    tell(
      `Redis is missing, so caches and limits are those of this process alone and all else works as usual: to add it, ${waysToAddRedis()}, then start again.`,
    )
  }
  signal.throwIfAborted()
  const apps = running.use(await runApps(dataFolder, tell))

  const url = `http://localhost:${port}`
  if (SEED === 'demo') {
    const { seedDemo } = await import('./demo/seed.ts')
    tell(`\n${await seedDemo(url, postgres.url('iod'))}`)
  }
  // In one write, so that no line of a function's log comes between these.
  tell(
    [
      `\nIOD Functions: ${url}, ready in ${(performance.now() / 1_000).toFixed(1)} s; API reference: ${url}/docs. Try it:\n`,
      ...examples(url),
      '\nA change below functions/ reloads them. Ctrl-C stops everything; the data stays in .data.\n',
    ].join('\n'),
  )

  // Awaited here: what is running stops when this returns.
  return await Promise.race([
    stopRequested.then(() => 'stopped' as const),
    apps.registryChanged.then(() => 'again' as const),
    failWhenEnded('PostgreSQL', postgres.ended),
    ...(redis === undefined ? [] : [failWhenEnded('Redis', redis.ended)]),
  ])
}

const startOwnRedis = (program: RedisProgram, port: number, secrets: Secrets) =>
  startRedis({
    program,
    folder: join(dataFolder, 'redis'),
    port,
    passwordOf: redisPasswordsFrom(secrets('redis')),
    settings: ['save 60 1'],
    onOutput: writeTo(join(dataFolder, 'redis.log')),
  })

/** Checks both families: curl tries ::1 first for localhost and would reach any server that listens there. */
async function requireFreePort(port: number): Promise<void> {
  if ((await isPortFree(port)) && (await isPortFree(port, '::1'))) return
  throw new StartFailure(
    `Port ${port} is in use or not allowed: stop what uses it, or choose another with \`PORT=${port + 1} make dev\`.`,
  )
}

async function failWhenEnded(name: string, ended: Promise<void>): Promise<never> {
  await ended
  throw new StartFailure(`${name} stopped unexpectedly: see its log in ${dataFolder}, then start again.`)
}

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => {
    // A second signal exits at once; the servers stop by themselves when this process is gone.
    if (stopping.signal.aborted) process.exit(1)
    stopping.abort()
  })

main(stopping.signal).then(
  outcome => {
    if (outcome === 'stopped' || stopping.signal.aborted) process.exit(0)
    tell('\nThe list of functions has changed: starting again.')
    // The same process, so that a terminal and whatever started it go on with it.
    process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)])
  },
  error => {
    if (stopping.signal.aborted) process.exit(0)
    process.stderr.write(`${explain(error)}\n`)
    process.exit(1)
  },
)

function explain(error: NodeJS.ErrnoException): string | undefined {
  if (error instanceof StartFailure) return error.message
  if (error instanceof UsageError) return `Refused: ${error.message}`
  if (error.code === 'ENOSPC') return `There is no space left for ${dataFolder}: free some, then start again.`
  if (error.path === undefined) return error.stack
  return `${error.path} cannot be used (${error.code}): change its owner, or remove ${dataFolder} to start afresh.`
}
