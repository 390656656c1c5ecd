import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { StartFailure } from '../services/start-failure.ts'

/**
 * Ensures one `make dev` per data folder. A socket, because the system closes it when the process ends for any reason:
 * a socket file that nobody answers is left from a crash. `path` is relative, since socket paths must be short.
 */
export async function takeLock(path: string): Promise<AsyncDisposable> {
  const holder = await askHolder(path)
  if (holder !== undefined) {
    throw new StartFailure(
      `\`make dev\` already runs in this folder (process ${holder}): use it, or stop it with Ctrl-C first.`,
    )
  }
  rmSync(path, { force: true })
  const server = createServer(socket => socket.end(String(process.pid)))
  server.listen(path)
  await once(server, 'listening')
  return server
}

/** Returns the process that holds the lock, if any. */
async function askHolder(path: string): Promise<string | undefined> {
  const socket = connect(path)
  try {
    return await text(socket)
  } catch {
    return undefined
  }
}
