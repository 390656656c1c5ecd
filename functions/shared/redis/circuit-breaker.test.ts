import { expect, it } from 'vitest'
import { createCircuitBreaker } from './circuit-breaker.ts'

const fails = () => Promise.reject(new Error('away'))

it('stops asking after five failures in a row, lets one through after a second, and closes when that one works', async () => {
  let nowMs = 0
  let asked = 0
  const breaker = createCircuitBreaker(() => nowMs)
  const failing = () => {
    asked += 1
    return fails()
  }
  for (let i = 0; i < 20; i += 1) expect(await breaker.attempt(failing)).toBeUndefined()
  expect(asked).toBe(5)

  nowMs = 1_001
  await Promise.all([breaker.attempt(failing), breaker.attempt(failing), breaker.attempt(failing)])
  expect(asked).toBe(6)

  nowMs = 2_100
  expect(await breaker.attempt(async () => 'back')).toBe('back')
  expect(await breaker.attempt(async () => 'still')).toBe('still')
})

it('is not opened by failures with answers between them', async () => {
  const breaker = createCircuitBreaker()
  for (let i = 0; i < 20; i += 1) {
    await breaker.attempt(fails)
    expect(await breaker.attempt(async () => 'here')).toBe('here')
  }
})
