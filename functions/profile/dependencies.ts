import type { Database } from '../shared/postgres/database.ts'
import type { ProfileCache } from './profiles/profile-cache.ts'

/** Made once per process by compose.ts. Each use case names the members that it uses. */
export interface Dependencies {
  readonly db: Database
  readonly profileCache: ProfileCache
  /** How long a former username stays reserved for its owner. */
  readonly usernameHoldDays: number
}
