import { AsyncLocalStorage } from 'node:async_hooks'

interface RequestSlots {
  hasHadOne: boolean
}

const requests = new AsyncLocalStorage<RequestSlots | undefined>()

/** Runs a request, so that `isLaterSlot` can tell its first slot at Postgres from its later ones. */
export const asRequest = <Result>(work: () => Result): Result => requests.run({ hasHadOne: false }, work)

/** Runs work that a request only begins: its slots count as first ones, which wait behind the later ones of requests. */
export const asBackground = <Result>(work: () => Result): Result => requests.run(undefined, work)

/** Returns true from the second call of one request on. Outside of requests every slot counts as a first one. */
export function isLaterSlot(): boolean {
  const request = requests.getStore()
  if (request === undefined) return false
  const { hasHadOne } = request
  request.hasHadOne = true
  return hasHadOne
}
