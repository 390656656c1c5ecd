import { expect, test } from 'vitest'
import { leastRatio } from './statistics.ts'

/** A fixed sequence of costs that a busy machine has raised by up to 60 %. */
const costs = Array.from({ length: 25 }, (_, n) => 100 * (1.3 + 0.3 * Math.sin(7.3 * n)))

test('two series of the same cost prove no loss, however noisy', () => {
  const others = costs.toReversed()
  expect(leastRatio(costs, others, 5)).toBeLessThanOrEqual(1)
  expect(leastRatio(others, costs, 5)).toBeLessThanOrEqual(1)
})

test('a loss in every block is found', () => {
  const slower = costs.map(cost => 1.3 * cost).toReversed()
  expect(leastRatio(slower, costs, 5)).toBeGreaterThan(1.1)
})

test('a loss in one block alone is none', () => {
  const disturbed = costs.map((cost, n) => (n < 5 ? 3 * cost : cost))
  expect(leastRatio(disturbed, costs, 5)).toBe(1)
})

test('finds 60 µs that were planted into a route of 200 µs, on a machine with a load of 50', () => {
  const planted = [
    ...[388, 447, 435, 344, 457, 316, 278, 340, 393, 328, 332, 367, 308, 285, 306],
    ...[345, 323, 343, 379, 363, 317, 311, 406, 280, 369],
  ]
  const without = [
    ...[195, 269, 261, 235, 274, 224, 238, 274, 173, 291, 233, 263, 239, 281, 206],
    ...[269, 231, 234, 337, 370, 233, 243, 349, 383, 330],
  ]
  expect(leastRatio(planted, without, 5)).toBeGreaterThan(1.1)
  expect(leastRatio(without, planted, 5)).toBeLessThan(1)
})
