import { expect, it } from 'vitest'
import { createTestApp, type TestUser } from './test-app.ts'

const { logInAs, register } = await createTestApp()

/** The slow-down begins with the eleventh try, so each address is tried four times. */
const triesPerAddress = 4
const addresses = 30

async function timeOf(action: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await action()
  return performance.now() - startMs
}

/**
 * Mann and Whitney's U as a number of standard deviations: how far two samples are from coming out of one
 * distribution, whatever its shape. Ranks and not means, so the outliers of a busy machine have no weight.
 */
function separation(first: readonly number[], second: readonly number[]): number {
  const wins = first.reduce((sum, a) => sum + second.filter(b => a > b).length, 0)
  const pairs = first.length * second.length
  return Math.abs(wins - pairs / 2) / Math.sqrt((pairs * (first.length + second.length + 1)) / 12)
}

/** Both kinds in turn, so that whatever else the machine does weighs on both. */
async function sample(measure: { wrong(n: number): Promise<unknown>; unknown(n: number): Promise<unknown> }) {
  const times = { wrong: [] as number[], unknown: [] as number[] }
  for (let n = 0; n < addresses * triesPerAddress; n += 1) {
    const order = n % 2 === 0 ? (['wrong', 'unknown'] as const) : (['unknown', 'wrong'] as const)
    for (const kind of order) times[kind].push(await timeOf(() => measure[kind](n)))
  }
  return separation(times.wrong, times.unknown)
}

it('a wrong password and an unknown e-mail cannot be told apart by the time', {
  timeout: 60_000,
}, async () => {
  const users: TestUser[] = []
  for (let n = 0; n < addresses; n += 1) users.push(await register())
  const known = (n: number) => users[n % addresses]?.email ?? ''
  const nobody = (n: number) => `nobody-${n % addresses}@example.test`
  await sample({
    wrong: n => logInAs(`warm-${n}@example.test`, 'x'),
    unknown: n => logInAs(`up-${n}@example.test`, 'x'),
  })

  // By chance alone 4.5 comes about once in a hundred thousand runs.
  expect(
    await sample({ wrong: n => logInAs(known(n), 'x'), unknown: n => logInAs(nobody(n), 'x') }),
  ).toBeLessThan(4.5)
})

it('the same measure tells one bcrypt comparison, of the cheapest cost, from none', {
  timeout: 60_000,
}, async () => {
  const missing = await sample({
    wrong: n => logInAs(`hashed-${n}@example.test`, 'x'),
    // Refused before the password is looked at, as an implementation would that returns early.
    unknown: n => logInAs(`${'x'.repeat(2_000)}-${n}`, 'x'),
  })
  expect(missing).toBeGreaterThan(8)
})
