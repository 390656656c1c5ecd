import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { functionNames } from '../registry.ts'

test.each(functionNames)('the protected routes of %s are attacked by the security battery', name => {
  const file = join(import.meta.dirname, '..', name, 'security.test.ts')
  expect(readFileSync(file, 'utf8')).toMatch(/^attackProtectedRoutes\(/m)
})
