import { randomBytes } from 'node:crypto'
import { hash as bcrypt } from 'bcryptjs'
import { afterAll, describe, expect, it } from 'vitest'
import { createPasswordHasher } from './password-hasher.ts'

const workerFile = new URL('password-worker.ts', import.meta.url)
const pepper = randomBytes(32)
const hasher = createPasswordHasher({ pepper, cost: 6, workerFile })
const costlier = createPasswordHasher({ pepper, cost: 9, workerFile })
afterAll(() => Promise.all([hasher.close(), costlier.close()]))

describe('password hasher', () => {
  it('matches the same password and no other', async () => {
    const hash = await hasher.hash('correct horse')
    expect(hash).toMatch(/^\$2[aby]\$06\$/)
    expect(await hasher.matches('correct horse', hash)).toBe(true)
    expect(await hasher.matches('correct horsf', hash)).toBe(false)
    expect(await hasher.matches('correct horse', undefined)).toBe(false)
  })

  it('reads a password to its end: the 73rd byte counts', async () => {
    const long = '🦄'.repeat(64)
    const hash = await hasher.hash(long)
    expect(await hasher.matches(long, hash)).toBe(true)
    expect(await hasher.matches(`${'🦄'.repeat(63)}🐴`, hash)).toBe(false)
  })

  it('takes two spellings of one character for the same (NFKC)', async () => {
    const hash = await hasher.hash('Ame\u0301lie \ufb01n')
    expect(await hasher.matches('Am\u00e9lie fin', hash)).toBe(true)
  })

  it('cannot be matched without the pepper', async () => {
    const hash = await hasher.hash('correct horse')
    const other = createPasswordHasher({ pepper: randomBytes(32), cost: 6, workerFile })
    expect(await other.matches('correct horse', hash)).toBe(false)
    expect(await hasher.matches('correct horse', await bcrypt('correct horse', 6))).toBe(false)
    await other.close()
  })

  it('knows a hash of another cost as outdated', async () => {
    const hash = await hasher.hash('correct horse')
    expect(hasher.isOutdated(hash)).toBe(false)
    expect(costlier.isOutdated(hash)).toBe(true)
    expect(await costlier.matches('correct horse', hash)).toBe(true)
  })

  it('takes as long for a cheaper hash and for no hash as for one of the configured cost', async () => {
    const [cheap, current] = await Promise.all([hasher.hash('x'), costlier.hash('x')])
    const timeOf = async (hash: string | undefined) => {
      const startMs = performance.now()
      await costlier.matches('y', hash)
      return performance.now() - startMs
    }
    const times = { cheap: [] as number[], none: [] as number[], current: [] as number[] }
    for (let round = 0; round < 9; round += 1) {
      times.cheap.push(await timeOf(cheap))
      times.none.push(await timeOf(undefined))
      times.current.push(await timeOf(current))
    }
    const median = (values: number[]) => values.toSorted((a, b) => a - b)[4] ?? 0
    // Without the extra work the cheap hash, of cost 6, would take an eighth of the time of cost 9: the bounds are
    // halfway there, for a machine that is busy.
    expect(median(times.cheap) / median(times.current)).toBeGreaterThan(0.35)
    expect(median(times.none) / median(times.current)).toBeGreaterThan(0.35)
    expect(median(times.cheap) / median(times.current)).toBeLessThan(2.8)
  })

  it('refuses a job whose worker ends, and starts another worker for the next', async () => {
    const broken = createPasswordHasher({ pepper, cost: 15, workerFile })
    const job = broken.hash('x')
    await broken.close()
    await expect(job).rejects.toThrow('the password worker ended')
  })

  it('turns away who would wait longest when too many wait', async () => {
    const jobs = Array.from({ length: 101 }, () => hasher.matches('x', undefined))
    const results = await Promise.allSettled(jobs)
    expect(results.filter(result => result.status === 'rejected')).toHaveLength(1)
    expect(results.at(-1)).toMatchObject({ reason: { code: 'unavailable' } })
  })
})
