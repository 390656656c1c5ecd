import { AsyncLocalStorage } from 'node:async_hooks'

interface RequestTurns {
  hasHadOne: boolean
}

const requests = new AsyncLocalStorage<RequestTurns | undefined>()

/** Runs a request, whose turns at Postgres are then known as its own. */
export const asRequest = <Result>(work: () => Result): Result => requests.run({ hasHadOne: false }, work)

/**
 * Runs work that a request only begins: its calls to Postgres are first ones, which wait behind the later ones of requests
 * that somebody waits for.
 */
export const asBackground = <Result>(work: () => Result): Result => requests.run(undefined, work)

/** True from the second call of one request on. Outside of requests every call is a first. */
export function isLaterTurn(): boolean {
  const request = requests.getStore()
  if (request === undefined) return false
  const { hasHadOne } = request
  request.hasHadOne = true
  return hasHadOne
}
