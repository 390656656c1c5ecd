import type { DatabaseRole } from '../../registry.ts'

/** The servers of this test run, as `scripts/testing/test-services.ts` started them. */
export interface TestServices {
  /** The owner, at the database `postgres`. */
  readonly postgresUrl: string
  /** The owner, at database 0, which only counts the others. */
  readonly redisUrl: string
  readonly redisPasswords: Readonly<Record<DatabaseRole, string>>
  readonly rolePasswords: Readonly<Record<DatabaseRole, string>>
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly services: TestServices
  }
}
