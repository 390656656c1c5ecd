import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, expect, it } from 'vitest'
import { createPasswordHasher, type HashOwners } from './password-hasher.ts'

const options = { pepper: randomBytes(32), workerFile: new URL('password-worker.ts', import.meta.url) }
const hasher = createPasswordHasher({ ...options, cost: 6 })
const costlier = createPasswordHasher({ ...options, cost: 9 })
afterAll(() => Promise.all([hasher.close(), costlier.close()]))

/** A new owner for each job. */
const someone = (): HashOwners => [randomUUID()]

it('takes the same time for a cheaper hash, for no hash and for one of the configured cost', async () => {
  const [cheap, current] = await Promise.all([hasher.hash('x', someone()), costlier.hash('x', someone())])
  const timeOf = async (hash: string | undefined) => {
    const startMs = performance.now()
    await costlier.matches('y', hash, someone())
    return performance.now() - startMs
  }
  const times = { cheap: [] as number[], none: [] as number[], current: [] as number[] }
  for (let round = 0; round < 9; round += 1) {
    times.cheap.push(await timeOf(cheap))
    times.none.push(await timeOf(undefined))
    times.current.push(await timeOf(current))
  }
  // The shortest of nine: what a busy machine adds is no part of the work.
  const least = (values: number[]) => Math.min(...values)
  // Without the extra work the cheap hash, of cost 6, would take an eighth of the time of cost 9: the bounds are
  // halfway.
  expect(least(times.cheap) / least(times.current)).toBeGreaterThan(0.35)
  expect(least(times.none) / least(times.current)).toBeGreaterThan(0.35)
  expect(least(times.cheap) / least(times.current)).toBeLessThan(2.8)
})
