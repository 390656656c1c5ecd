// What a rollout does with traffic, as decisions over what the cluster says.
import { Refusal } from './program.ts'
import type { FunctionService, Revision } from './service.ts'

/** The shares that a canary of this first share goes through. */
export const canarySteps = (first: number): readonly number[] =>
  [...new Set([first, 50, 100])].filter(step => step >= first)

export interface Canary {
  readonly stable: string
  /** The revision of the image when it is there already: a canary that was stopped and is run again. */
  readonly candidate: string | undefined
  /** The share that the candidate gets already. */
  readonly percent: number
}

/** What a canary of this image starts from. */
export function planCanary(service: FunctionService, image: string): Canary {
  const newest = service.revisions[0]
  const candidate = newest?.image === image ? newest : undefined
  const [stable] = service.traffic.filter(share => share.revision !== candidate?.name)
  if (candidate !== undefined && stable === undefined)
    throw new Refusal(`${candidate.name} has this image and gets all requests already.`)
  if (stable === undefined)
    throw new Refusal(`no revision of ${service.name} gets requests; deploy it first: make deploy.`)
  const others = service.traffic.filter(share => ![stable.revision, candidate?.name].includes(share.revision))
  if (others.length > 0)
    throw new Refusal(
      `another canary runs (${others.map(share => share.revision).join(', ')}): make promote or make rollback FUNCTION=${service.name} first.`,
    )
  const percent = service.traffic.find(share => share.revision === candidate?.name)?.percent ?? 0
  return { stable: stable.revision, candidate: candidate?.name, percent }
}

/** The revision to go back to: the one named, or the newest ready one from before those that get requests now. */
export function rollbackTo(service: FunctionService, wanted: string | undefined): Revision {
  const ready = service.revisions.filter(revision => revision.isReady)
  if (wanted !== undefined) {
    const found = ready.find(revision => revision.name === wanted)
    if (found !== undefined) return found
    throw new Refusal(
      `${service.name} has no ready revision ${wanted}; it has ${ready.map(revision => revision.name).join(', ')}.`,
    )
  }
  const serving = service.revisions.filter(revision =>
    service.traffic.some(share => share.revision === revision.name),
  )
  const newest = serving[0]
  // With a canary on its way the way back is the older of the two; otherwise whatever came before.
  const before = serving.length > 1 ? serving : service.revisions
  const target = before.find(
    revision =>
      revision.isReady &&
      revision.refusedBecause === undefined &&
      revision.generation < (newest?.generation ?? 0),
  )
  if (target !== undefined) return target
  throw new Refusal(
    `${service.name} has no earlier revision to go back to; make history FUNCTION=${service.name} lists them.`,
  )
}
