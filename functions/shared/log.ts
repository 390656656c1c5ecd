export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, unknown>>

/** Writes one JSON line per event to stdout. Callers pass no personal data, no token and no request body. */
export interface Log extends Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>> {
  /** The line of a request, at level info. `members` is JSON without its braces. */
  readonly request: (members: string) => void
}

const rank: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }

let waiting = ''
let isWaiting = false

/** Each write to a pipe is a system call, at full load a tenth of all the time: requests of one turn share one. */
function writeSoon(line: string): void {
  waiting += line
  if (isWaiting) return
  isWaiting = true
  setImmediate(flush)
}

/** After the lines before it. */
function writeNow(line: string): void {
  process.stdout.write(waiting + line)
  waiting = ''
}

function flush(): void {
  isWaiting = false
  if (waiting !== '') writeNow('')
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

export function createLog(service: string, minimum: LogLevel, write?: (line: string) => void): Log {
  const writeEvent = write ?? writeNow
  const writeRequest = write ?? writeSoon
  const at = (level: LogLevel) => {
    // The shared beginning of all lines of a level is made once: a request's line is a tenth of the cost of a cached read.
    const head = `","level":"${level}","service":${JSON.stringify(service)},"message":`
    return (message: string, fields?: LogFields) => {
      if (rank[level] < rank[minimum]) return
      const own = fields === undefined ? '{}' : JSON.stringify(fields)
      const rest = own === '{}' ? '}' : `,${own.slice(1)}`
      writeEvent(`{"time":"${currentTime()}${head}${JSON.stringify(message)}${rest}\n`)
    }
  }
  const requestHead = `","level":"info","service":${JSON.stringify(service)},"message":"request",`
  const request =
    rank.info < rank[minimum]
      ? () => undefined
      : (members: string) => writeRequest(`{"time":"${currentTime()}${requestHead}${members}}\n`)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), request }
}
