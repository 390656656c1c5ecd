import type { FunctionRole } from '../postgres/roles.ts'

/** The servers of this test run, as `scripts/test-services.ts` started them. */
export interface TestServices {
  /** The owner, at the database `postgres`. */
  readonly postgresUrl: string
  /** The owner, at database 0, which only counts the others. */
  readonly redisUrl: string
  readonly redisPasswords: Readonly<Record<FunctionRole, string>>
  readonly rolePasswords: Readonly<Record<FunctionRole, string>>
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly services: TestServices
  }
}
