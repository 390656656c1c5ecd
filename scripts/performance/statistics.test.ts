import { expect, test } from 'vitest'
import { leastRatio } from './statistics.ts'

/** A fixed sequence of noise around 1, ± 20 %. */
const noise = Array.from({ length: 25 }, (_, n) => 1 + 0.2 * Math.sin(7.3 * n))

test('two series of the same cost prove no loss, however noisy', () => {
  const others = noise.toReversed()
  expect(leastRatio(noise, others)).toBeLessThan(1)
  expect(leastRatio(others, noise)).toBeLessThan(1)
})

test('a loss beyond the noise is found', () => {
  const slower = noise.map((cost, n) => 1.3 * cost * (1 + 0.05 * Math.sin(3.1 * n)))
  const least = leastRatio(slower, noise)
  expect(least).toBeGreaterThan(1.2)
  expect(least).toBeLessThan(1.3)
})

test('few pairs prove nothing', () => {
  expect(leastRatio([2, 2, 2], [1, 1, 1])).toBe(0)
})
