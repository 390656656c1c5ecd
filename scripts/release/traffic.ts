// Decisions of a rollout about traffic, from the state of the cluster alone.
import { UsageError } from '../cli/options.ts'
import type { FunctionService, Revision } from './revisions.ts'

/** The shares that a canary with this first share goes through. */
export const canarySteps = (first: number): readonly number[] =>
  [...new Set([first, 50, 100])].filter(step => step >= first)

export interface Canary {
  readonly stable: string
  /** The revision of the image when it exists already: an interrupted canary that runs again. */
  readonly candidate: string | undefined
  /** The share that the candidate has already. */
  readonly percent: number
}

/** Returns the start of a canary of this image. */
export function planCanary(service: FunctionService, image: string): Canary {
  const newest = service.revisions[0]
  const candidate = newest?.image === image ? newest : undefined
  const [stable] = service.traffic.filter(share => share.revision !== candidate?.name)
  if (candidate !== undefined && stable === undefined)
    throw new UsageError(`${candidate.name} has this image and receives all requests already.`)
  if (stable === undefined)
    throw new UsageError(`no revision of ${service.name} receives requests; deploy it first: make deploy.`)
  const others = service.traffic.filter(share => ![stable.revision, candidate?.name].includes(share.revision))
  if (others.length > 0)
    throw new UsageError(
      `another canary runs (${others.map(share => share.revision).join(', ')}): make promote or make rollback FUNCTION=${service.name} first.`,
    )
  const percent = service.traffic.find(share => share.revision === candidate?.name)?.percent ?? 0
  return { stable: stable.revision, candidate: candidate?.name, percent }
}

/** Returns the named revision, or else the newest valid one that is older than those that receive requests. */
export function rollbackTo(service: FunctionService, wanted: string | undefined): Revision {
  const ready = service.revisions.filter(revision => revision.isReady)
  if (wanted !== undefined) {
    const found = ready.find(revision => revision.name === wanted)
    if (found !== undefined) return found
    const names = ready.map(revision => revision.name).join(', ')
    throw new UsageError(`${service.name} has no ready revision ${wanted}; it has ${names}.`)
  }
  const serving = service.revisions.filter(revision =>
    service.traffic.some(share => share.revision === revision.name),
  )
  // During a canary the older of the two is the way back; otherwise any earlier revision can be.
  const candidates = serving.length > 1 ? serving : service.revisions
  const target = candidates.find(
    ({ isReady, rejectedBecause, generation }) =>
      isReady && rejectedBecause === undefined && generation < (serving[0]?.generation ?? 0),
  )
  if (target !== undefined) return target
  throw new UsageError(
    `${service.name} has no earlier revision to return to; make history FUNCTION=${service.name} lists them.`,
  )
}
