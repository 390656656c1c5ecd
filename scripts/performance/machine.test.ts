import { expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { describeCommit } from './machine.ts'

test('sources without a repository are measured, as an unknown commit', () => {
  expect(describeCommit(import.meta.dirname)).toMatch(/^[\da-f]{12}(?: with changes)?$/)
  expect(describeCommit(createTestFolder())).toBe('unknown')
})
