import { expect, test } from 'vitest'
import { growing } from './faults/soak.ts'

const steady = Array.from({ length: 30 }, (_, index) => ({
  memoryMiB: 80 + (index % 3),
  handles: 30,
  connections: 10 + (index % 2),
}))

test('finds no growth where values only vary', () => {
  expect(growing(steady)).toEqual([])
})

test.each(['memoryMiB', 'handles', 'connections'] as const)('finds that %s grows', what => {
  const leaking = steady.map((one, index) => ({ ...one, [what]: one[what] + index * 2 }))
  expect(growing(leaking)).toHaveLength(1)
  expect(growing(leaking)[0]).toMatch(new RegExp(`^${what} grew from`))
})
