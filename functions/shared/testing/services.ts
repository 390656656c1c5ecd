import type { FunctionRole } from '../postgres/roles.ts'

/** The servers of this test run, as `scripts/test-services.ts` started them. */
export interface TestServices {
  /** The owner, at the database `postgres`. */
  readonly postgresUrl: string
  /** Database 0, where only the numbers of the others are given out. */
  readonly redisUrl: string
  readonly rolePasswords: Readonly<Record<FunctionRole, string>>
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly services: TestServices
  }
}
