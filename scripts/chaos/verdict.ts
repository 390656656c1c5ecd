import type { Findings } from './checker.ts'
import { type Exchange, isFailure, type Summary } from './exchanges.ts'
import { type Fault, longestWaitMs } from './fault.ts'

const platformOutcomes = new Set<number | string>([502, 503, 504, 'ECONNRESET', 'ECONNREFUSED', 'EPIPE'])

const isUnavailable = ({ outcome, saysWhen, isForeign, sentMs, receivedMs }: Exchange) =>
  outcome === 503 && saysWhen && !isForeign && receivedMs - sentMs < longestWaitMs

/** Whether the fault's tolerance covers this failure. */
function isTolerated({ tolerance }: Fault, exchange: Exchange): boolean {
  if (tolerance === 'nothing') return false
  if (tolerance === 'unavailable') return isUnavailable(exchange)
  return exchange.saysWhen || (exchange.isForeign && platformOutcomes.has(exchange.outcome))
}

const describe = ({ method, path, outcome, sentMs, receivedMs, text }: Exchange) =>
  `${method} ${path}: ${outcome} after ${Math.round(receivedMs - sentMs)} ms ${text.trim()}`

/** Returns one line for each promise that did not hold. */
export function brokenPromises(
  fault: Fault,
  summary: Summary,
  exchanges: readonly Exchange[],
  givenUp: readonly string[],
  findings: Findings,
): readonly string[] {
  const unexpected = exchanges.filter(one => isFailure(one) && !isTolerated(fault, one))
  const { lost, duplicates, backward, stale } = findings
  const some = (what: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`${items.length} ${what}, the first: ${items[0]}`]
  return [
    ...some(`of ${exchanges.length} requests failed`, unexpected.map(describe)),
    ...some('calls failed after all retries', fault.tolerance === 'unavailable' ? [] : givenUp),
    ...(summary.longestGapMs > fault.gapMs
      ? [`no request succeeded for ${summary.longestGapMs} ms; the bound is ${fault.gapMs} ms`]
      : []),
    ...some('acknowledged writes were lost', lost),
    ...some('writes were applied twice', duplicates),
    ...some('reads went back in time', backward),
    ...some('reads were older than a second', stale),
  ]
}
