export interface SessionTerms {
  readonly lifetimeSeconds: number
  /** A session whose tokens were not refreshed for longer than this is over. */
  readonly idleSeconds: number
}
