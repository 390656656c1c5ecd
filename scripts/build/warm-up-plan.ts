import type { WarmUpRequest } from '../../functions/definition.ts'
import { environmentOf, type Variables } from '../../functions/environment-of.ts'
import { functions, type RegisteredFunction } from '../../functions/registry.ts'
import { unreachableTarget } from '../../functions/unreachable-target.ts'
import { togetherEnvironment } from './together.ts'

/** The input of warm-up.ts for one image, as JSON: the image build has only `dist`. */
export interface WarmUpPlan {
  readonly environment: Variables
  readonly requests: readonly WarmUpRequest[]
}

export const warmUpPlanOf = (definition: RegisteredFunction): WarmUpPlan => ({
  environment: environmentOf(definition, unreachableTarget),
  requests: requestsOf([definition]),
})

/** The plan of the process that serves every function. */
export const togetherWarmUpPlan = (): WarmUpPlan => ({
  environment: togetherEnvironment(unreachableTarget),
  requests: requestsOf(functions),
})

const requestsOf = (definitions: readonly RegisteredFunction[]) => [
  { path: '/healthz' },
  ...definitions.flatMap(({ warmUp }) => warmUp),
]
