import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../log.ts'
import { createCounter } from '../metrics.ts'
import { crossOriginHeaders } from './cross-origin.ts'
import { problemOutsideApp } from './malformed-request.ts'

/** A start can find 300 requests waiting, and a burst of this size gets its responses within a second or two. */
const burstLimit = 512
/** Enough to keep the process and its Postgres connections busy; more would only make each request wait longer. */
const overloadLimit = 64
/** No burst keeps the process busy for longer, and a queue this old does not shrink without refusals. */
const burstMs = 1_000
/** A request read later than this in one turn of the event loop has waited as long in its socket. */
const turnMs = 50
const sampleMs = 250
const busyShare = 0.9
const logEveryMs = 5_000

const reading: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS'])

const refusedTotal = createCounter('http_requests_refused_total', 'Requests refused because of overload')

export interface Admission {
  /** Counts the request until its response is written; returns false if it was refused with 503 instead. */
  admit(incoming: IncomingMessage, outgoing: ServerResponse): boolean
  /**
   * Called once the application is loaded: work before that is no sign of overload. While there is no room for writes, they
   * are refused before anything is done for them; reads may need no more than a copy.
   */
  loaded(hasRoomForWrites?: (target: string) => boolean): void
}

/**
 * Refuses excess requests before they reach the application, which takes 20 µs instead of 300 µs or more. Requests whose
 * body is still arriving and responses that a client reads slowly do not count: a few such clients would block all others.
 */
export function createAdmission(log: Log, corsOrigins: readonly string[]): Admission {
  const isOverloaded = createLoadGauge()
  const turnAge = createTurnClock()
  let isLoaded = false
  let roomForWrites: (target: string) => boolean = () => true
  let inFlight = 0
  let refusedSinceLog = 0
  let loggedMs = Number.NEGATIVE_INFINITY

  function hasRoom({ method, url = '' }: IncomingMessage): boolean {
    if (!reading.has(method) && !roomForWrites(url)) return false
    if (!isLoaded) return inFlight < burstLimit
    const nowMs = performance.now()
    const turnAgeMs = turnAge(nowMs)
    if (!isOverloaded(nowMs)) return inFlight < burstLimit
    return inFlight < overloadLimit && turnAgeMs < turnMs
  }

  /** Logs a line now and then: one per refusal would cost more than the refusal. */
  function report(): void {
    refusedTotal.add()
    refusedSinceLog += 1
    if (performance.now() - loggedMs < logEveryMs) return
    log.warn('requests are refused', { count: refusedSinceLog, inFlight })
    loggedMs = performance.now()
    refusedSinceLog = 0
  }

  return {
    admit(incoming, outgoing) {
      if (!hasRoom(incoming)) {
        refuse(outgoing, crossOriginHeaders(corsOrigins, incoming.headers.origin))
        report()
        return false
      }
      let isCounted = false
      const count = () => {
        isCounted = true
        inFlight += 1
      }
      const release = () => {
        incoming.off('end', count)
        if (isCounted) inFlight -= 1
        isCounted = false
      }
      // Nobody reads the body of a GET, so it never ends.
      if (hasBody(incoming) && !reading.has(incoming.method)) incoming.once('end', count)
      else count()
      // Not `finish`, which waits for the client to read the response.
      outgoing.once('prefinish', release)
      outgoing.once('close', release)
      return true
    },
    loaded(hasRoomForWrites = roomForWrites) {
      isLoaded = true
      roomForWrites = hasRoomForWrites
      // The first sample begins here.
      isOverloaded(performance.now())
    },
  }
}

/** True once the event loop has been busy for longer than a burst takes. */
function createLoadGauge(): (nowMs: number) => boolean {
  let sampledMs = Number.NEGATIVE_INFINITY
  let sample = performance.eventLoopUtilization()
  let busySinceMs: number | undefined
  return nowMs => {
    if (nowMs - sampledMs >= sampleMs) {
      const next = performance.eventLoopUtilization()
      const isFirst = sampledMs === Number.NEGATIVE_INFINITY
      const isBusy = !isFirst && performance.eventLoopUtilization(next, sample).utilization > busyShare
      busySinceMs = isBusy ? (busySinceMs ?? sampledMs) : undefined
      sample = next
      sampledMs = nowMs
    }
    return busySinceMs !== undefined && nowMs - busySinceMs > burstMs
  }
}

/** Measures the time since the first request of this turn of the event loop was read. */
function createTurnClock(): (nowMs: number) => number {
  let beganMs: number | undefined
  return nowMs => {
    if (beganMs === undefined) {
      beganMs = nowMs
      setImmediate(() => {
        beganMs = undefined
      })
    }
    return nowMs - beganMs
  }
}

/** Keeps the connection open: a new one would cost more than the refusal. */
function refuse(outgoing: ServerResponse, crossOrigin: Readonly<Record<string, string>>): void {
  const detail = 'The server is overloaded: try again in a moment.'
  const { status, headers, body } = problemOutsideApp('unavailable', detail)
  outgoing.writeHead(status, { ...headers, ...crossOrigin, 'retry-after': '1' })
  outgoing.end(body)
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
