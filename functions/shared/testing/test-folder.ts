import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** Creates a folder that is removed after the tests of this file or `describe`. */
export function createTestFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'iod-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
