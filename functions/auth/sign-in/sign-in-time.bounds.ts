import { expect, it } from 'vitest'
import { createTestApp, type TestUser } from '../test-app.ts'
import { createTestSmtp } from '../test-smtp.ts'

const { config: email } = await createTestSmtp()
const { call, signInAs, register } = await createTestApp({ email })

/** Below the limits of both the throttle and the reset emails. */
const attemptsPerAddress = 4
const addresses = 30
const timeout = 60_000

interface Kinds {
  known(n: number): Promise<unknown>
  unknown(n: number): Promise<unknown>
}

async function timeOf(action: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await action()
  return performance.now() - startMs
}

/**
 * Mann and Whitney's U as a number of standard deviations: how far two samples are from coming from the same
 * distribution, whatever its shape. Ranks, not means, so that outliers of a busy machine have no weight.
 */
function separation(first: readonly number[], second: readonly number[]): number {
  const wins = first.reduce((sum, a) => sum + second.filter(b => a > b).length, 0)
  const pairs = first.length * second.length
  return Math.abs(wins - pairs / 2) / Math.sqrt((pairs * (first.length + second.length + 1)) / 12)
}

/** Alternates both kinds, and which one comes first, so that other load affects both equally. */
async function separate(kinds: Kinds): Promise<number> {
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let n = 0; n < addresses * attemptsPerAddress; n += 1) {
    const order = n % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
    for (const kind of order) times[kind].push(await timeOf(() => kinds[kind](n)))
  }
  return separation(times.known, times.unknown)
}

async function registerAll(): Promise<(n: number) => string> {
  const users: TestUser[] = []
  for (let n = 0; n < addresses; n += 1) users.push(await register())
  return n => users[n % addresses]?.email ?? ''
}
const nobody = (n: number) => `nobody-${n % addresses}@example.test`

/** Exceeded by chance about once in a hundred thousand runs. */
const telling = 4.5

it('a wrong password and an unknown email take the same time', { timeout }, async () => {
  const known = await registerAll()
  const warmUp = (n: number) => signInAs(`warm-${n}@example.test`, 'x')
  await separate({ known: warmUp, unknown: warmUp })
  const measured = {
    known: (n: number) => signInAs(known(n), 'x'),
    unknown: (n: number) => signInAs(nobody(n), 'x'),
  }
  expect(await separate(measured)).toBeLessThan(telling)
})

it('a reset takes the same time with and without an account', {
  timeout,
}, async () => {
  const known = await registerAll()
  const reset = (email: string) => call('POST', '/auth/password/reset', { body: { email } })
  const measured = { known: (n: number) => reset(known(n)), unknown: (n: number) => reset(nobody(n)) }
  expect(await separate(measured)).toBeLessThan(telling)
})

it('the measure detects a single bcrypt comparison at the lowest cost', { timeout }, async () => {
  const hashed = (n: number) => signInAs(`hashed-${n}@example.test`, 'x')
  // Rejected before the password is compared, like an implementation that returns early.
  const early = (n: number) => signInAs(`${'x'.repeat(2_000)}-${n}`, 'x')
  expect(await separate({ known: hashed, unknown: early })).toBeGreaterThan(2 * telling)
})
