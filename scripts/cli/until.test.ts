import { expect, test } from 'vitest'
import { until } from './until.ts'

test('asks again while the condition does not hold or rejects', async () => {
  let asked = 0
  await until(
    'it holds',
    async () => {
      asked += 1
      if (asked === 1) throw new Error('not yet')
      return asked === 3
    },
    5,
    1,
  )
  expect(asked).toBe(3)
})

test('says what did not hold in time, and why', async () => {
  const failing = async () => {
    throw new Error('connection refused')
  }
  await expect(until('it responds', failing, 0, 1)).rejects.toThrow(
    'it responds: not after 0 s (connection refused)',
  )
})
