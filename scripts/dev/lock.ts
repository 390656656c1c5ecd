import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartFailure } from '../services/start-failure.ts'

/** SQLITE_BUSY. */
const busy = 5

/**
 * Ensures one `make dev` per data folder. Of several that start at once, one gets the lock of SQLite's file, which the system
 * releases when the process ends for any reason.
 */
export function takeLock(folder: string): Disposable {
  const holderFile = join(folder, 'dev.pid')
  const file = new DatabaseSync(join(folder, 'dev.lock'))
  try {
    // A journal on the disk would need space there.
    file.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    file.close()
    if (!(error instanceof Error && 'errcode' in error && error.errcode === busy)) throw error
    // At the same moment, the other has not yet written who it is.
    const holder = existsSync(holderFile) ? readFileSync(holderFile, 'utf8') : ''
    throw new StartFailure(
      `\`make dev\` already runs in this folder (process ${holder}): use it, or stop it with Ctrl-C first.`,
    )
  }
  writeFileSync(holderFile, String(process.pid))
  return { [Symbol.dispose]: () => file.close() }
}
