import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { newSigningKey } from '../../../scripts/signing-keys.ts'

/** A complete configuration of any function whose Postgres and Redis are not there: nothing listens on port 1. */
export function unreachableEnvironment() {
  const folder = mkdtempSync(join(tmpdir(), 'iod-environment-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const keysFile = join(folder, 'keys.json')
  writeFileSync(keysFile, JSON.stringify({ keys: [newSigningKey()] }))
  const secret = 'A'.repeat(43)
  return {
    PORT: '0',
    DATABASE_URL: 'postgres://nobody:hunter2@127.0.0.1:1/none',
    REDIS_URL: 'redis://:hunter2@127.0.0.1:1',
    PUBLIC_URL: 'http://localhost',
    JWKS_FILE: keysFile,
    JWT_SIGNING_KEYS_FILE: keysFile,
    PASSWORD_PEPPER: secret,
    CURSOR_SECRET: secret,
  }
}
