import { expect, test } from 'vitest'
import { growing, slowerWakes, waitsOfWakes } from './faults/soak.ts'

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

test('finds that wakes become slower', () => {
  const wakesMs = Array.from({ length: 60 }, (_, index) => 600 + (index % 5) * 20)
  expect(slowerWakes(wakesMs)).toEqual([])
  expect(slowerWakes(wakesMs.map((wakeMs, index) => (index < 40 ? wakeMs : wakeMs * 2)))).toHaveLength(1)
})

test('a wake that lasts longer than the load after it counts in full', () => {
  const none = { method: 'GET', path: '/posts', outcome: 200, saysWhen: false, isForeign: false, text: '' }
  const exchanges = [
    { ...none, sentMs: 1_100, receivedMs: 9_100 },
    { ...none, sentMs: 2_000, receivedMs: 2_600 },
    { ...none, sentMs: 40_050, receivedMs: 40_650 },
  ]
  expect(waitsOfWakes(exchanges, [1_000, 40_000])).toEqual([8_000, 600])
})
