import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { archiveNameOf } from '../../functions/backup/archive-names.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { complete, draftOf, prune } from './files.ts'

const folder = createTestFolder()

test('the newest archives of a database stay, and everything else', () => {
  const days = [1, 2, 3].map(day => new Date(Date.UTC(2026, 10, day)))
  for (const target of ['dev', 'kind', 'dev-2'])
    for (const day of days) {
      const draft = draftOf(folder, archiveNameOf(target, day))
      writeFileSync(draft, '')
      complete(draft)
    }
  writeFileSync(join(folder, 'iod-dev-notes.txt'), '')
  expect(prune(folder, 'dev', 1)).toEqual([
    'iod-dev-20261101T000000Z.tar.zst',
    'iod-dev-20261102T000000Z.tar.zst',
  ])
  expect(readdirSync(folder)).toHaveLength(8)
})
