// Setup of each test file that shares its worker with others: it names the file that changed a global for all that follow.
import { afterAll, expect } from 'vitest'

const read = (): ReadonlyMap<string, unknown> =>
  new Map(Object.entries({ Request, Response, Headers, fetch, Date, setTimeout }))
const before = read()

afterAll(() => {
  const changed = [...read()].filter(([name, value]) => value !== before.get(name)).map(([name]) => name)
  expect(changed, 'this file belongs to `alone` in scripts/vitest.config.ts').toEqual([])
})
