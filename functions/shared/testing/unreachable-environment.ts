import { newSigningKey } from '../../../scripts/signing-keys.ts'

/** A complete configuration of any function whose Postgres and Redis are not there: nothing listens on port 1. */
export function unreachableEnvironment() {
  const keySet = JSON.stringify({ keys: [newSigningKey()] })
  const secret = 'A'.repeat(43)
  return {
    PORT: '0',
    DATABASE_URL: 'postgres://nobody:hunter2@127.0.0.1:1/none',
    REDIS_URL: 'redis://:hunter2@127.0.0.1:1',
    PUBLIC_URL: 'http://localhost',
    JWKS: keySet,
    JWT_SIGNING_KEYS: keySet,
    PASSWORD_PEPPER: secret,
    CURSOR_SECRET: secret,
  }
}
