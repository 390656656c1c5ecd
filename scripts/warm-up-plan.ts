import type { WarmUpRequest } from '../functions/definition.ts'
import { environmentOf, type Variables } from '../functions/environment-of.ts'
import type { RegisteredFunction } from '../functions/registry.ts'
import { unreachableTarget } from '../functions/shared/testing/unreachable-target.ts'

/** The input of warm-up.ts for one function, as JSON: the image build has only `dist`. */
export interface WarmUpPlan {
  readonly environment: Variables
  readonly requests: readonly WarmUpRequest[]
}

export const warmUpPlanOf = (definition: RegisteredFunction): WarmUpPlan => ({
  environment: environmentOf(definition, unreachableTarget),
  requests: [{ path: '/healthz' }, ...definition.warmUp],
})
