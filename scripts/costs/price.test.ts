import { expect, test } from 'vitest'
import { pricePerMonth } from './price.ts'

test('a month costs what its pods reserve while they are there', () => {
  const prices = { vcpuHour: 0.04, gibHour: 0.005 }
  const reservation = { cpu: 0.125, memoryGiB: 0.1 }
  // An hour a day: 30 pod-hours.
  expect(pricePerMonth({ podSeconds: 3_600 }, reservation, prices)).toBeCloseTo(30 * (0.005 + 0.0005))
  expect(pricePerMonth({ podSeconds: 0 }, reservation, prices)).toBe(0)
})
