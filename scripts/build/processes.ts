// The processes that have an image: each function, and all of them together.
import type { WarmUpRequest } from '../../functions/definition.ts'
import { environmentOf, type Variables } from '../../functions/environment-of.ts'
import { functions, type RegisteredFunction } from '../../functions/registry.ts'
import { processName } from '../../functions/shared/together.ts'
import { unreachableTarget } from '../../functions/unreachable-target.ts'
import { togetherEnvironment } from './together.ts'

/** The input of warm-up.ts for one image, as JSON: the image build has only `dist`. */
export interface WarmUpPlan {
  readonly environment: Variables
  readonly requests: readonly WarmUpRequest[]
}

export interface ImageProcess {
  readonly name: string
  /** The entry point of its bundle. */
  readonly main: string
  /** The functions that it serves. */
  readonly members: readonly RegisteredFunction[]
  readonly plan: WarmUpPlan
}

const planOf = (environment: Variables, members: readonly RegisteredFunction[]): WarmUpPlan => ({
  environment,
  requests: [{ path: '/healthz' }, ...members.flatMap(({ warmUp }) => warmUp)],
})

export const processes: readonly ImageProcess[] = [
  ...functions.map(definition => ({
    name: definition.name,
    main: `functions/${definition.name}/main.ts`,
    members: [definition],
    plan: planOf(environmentOf(definition, unreachableTarget), [definition]),
  })),
  {
    name: processName,
    main: processName,
    members: functions,
    plan: planOf(togetherEnvironment(unreachableTarget), functions),
  },
]
