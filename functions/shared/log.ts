export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, unknown>>

/** Writes one JSON line per event to stdout. Callers pass no personal data, no token and no request body. */
export type Log = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>>

const rank: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }

let waiting = ''
let isWaiting = false

/**
 * The first line of a turn of the event loop is written at once, those that follow it together at the turn's end:
 * each write to a pipe is a system call that everyone waits for, at full load a tenth of all the time.
 */
function writeSoon(line: string): void {
  if (isWaiting) {
    waiting += line
    return
  }
  process.stdout.write(line)
  isWaiting = true
  setImmediate(flush)
}

function flush(): void {
  isWaiting = false
  if (waiting !== '') process.stdout.write(waiting)
  waiting = ''
}
process.once('exit', flush)

let timeMs = 0
let timeText = ''

/** Formatting a time costs more than all else in a line; at full load twenty lines share a millisecond. */
function currentTime(): string {
  const nowMs = Date.now()
  if (nowMs !== timeMs) {
    timeMs = nowMs
    timeText = new Date(nowMs).toISOString()
  }
  return timeText
}

/** An error as log fields: name, message, stack and the SQLSTATE or errno code, and the same of its cause. */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: String(error) }
  const code = 'code' in error ? { code: error.code } : {}
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) }
  return { error: error.name, detail: error.message, stack: error.stack, ...code, ...cause }
}

export function createLog(
  service: string,
  minimum: LogLevel,
  write: (line: string) => void = writeSoon,
): Log {
  const at = (level: LogLevel) => {
    // What all lines of a level share is written once: a request's line is a tenth of all that a cached read costs.
    const head = `","level":"${level}","service":${JSON.stringify(service)},"message":`
    return (message: string, fields?: LogFields) => {
      if (rank[level] < rank[minimum]) return
      const own = fields === undefined ? '{}' : JSON.stringify(fields)
      const rest = own === '{}' ? '}' : `,${own.slice(1)}`
      write(`{"time":"${currentTime()}${head}${JSON.stringify(message)}${rest}\n`)
    }
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
