import { randomBytes, randomUUID } from 'node:crypto'
import { hash as bcrypt } from 'bcryptjs'
import { afterAll, describe, expect, it } from 'vitest'
import { createPasswordHasher, type HashOwners } from './password-hasher.ts'

const workerFile = new URL('password-worker.ts', import.meta.url)
const pepper = randomBytes(32)
/** Each job of somebody else. */
const someone = (): HashOwners => [randomUUID()]
const hasher = createPasswordHasher({ pepper, cost: 6, workerFile })
const costlier = createPasswordHasher({ pepper, cost: 9, workerFile })
afterAll(() => Promise.all([hasher.close(), costlier.close()]))

describe('password hasher', () => {
  it('matches the same password and no other', async () => {
    const hash = await hasher.hash('correct horse', someone())
    expect(hash).toMatch(/^\$2[aby]\$06\$/)
    expect(await hasher.matches('correct horse', hash, someone())).toBe(true)
    expect(await hasher.matches('correct horsf', hash, someone())).toBe(false)
    expect(await hasher.matches('correct horse', undefined, someone())).toBe(false)
  })

  it('reads a password to its end: the 73rd byte counts', async () => {
    const long = '🦄'.repeat(64)
    const hash = await hasher.hash(long, someone())
    expect(await hasher.matches(long, hash, someone())).toBe(true)
    expect(await hasher.matches(`${'🦄'.repeat(63)}🐴`, hash, someone())).toBe(false)
  })

  it('takes two spellings of one character for the same (NFKC)', async () => {
    const hash = await hasher.hash('Ame\u0301lie \ufb01n', someone())
    expect(await hasher.matches('Am\u00e9lie fin', hash, someone())).toBe(true)
  })

  it('cannot be matched without the pepper', async () => {
    const hash = await hasher.hash('correct horse', someone())
    const other = createPasswordHasher({ pepper: randomBytes(32), cost: 6, workerFile })
    expect(await other.matches('correct horse', hash, someone())).toBe(false)
    expect(await hasher.matches('correct horse', await bcrypt('correct horse', 6), someone())).toBe(false)
    await other.close()
  })

  it('knows a hash of another cost as outdated', async () => {
    const hash = await hasher.hash('correct horse', someone())
    expect(hasher.isOutdated(hash)).toBe(false)
    expect(costlier.isOutdated(hash)).toBe(true)
    expect(await costlier.matches('correct horse', hash, someone())).toBe(true)
  })

  it('takes as long for a cheaper hash and for no hash as for one of the configured cost', async () => {
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
    const median = (values: number[]) => values.toSorted((a, b) => a - b)[4] ?? 0
    // Without the extra work the cheap hash, of cost 6, would take an eighth of the time of cost 9: the bounds are
    // halfway there, for a machine that is busy.
    expect(median(times.cheap) / median(times.current)).toBeGreaterThan(0.35)
    expect(median(times.none) / median(times.current)).toBeGreaterThan(0.35)
    expect(median(times.cheap) / median(times.current)).toBeLessThan(2.8)
  })

  it('refuses a job whose worker ends, and starts another worker for the next', async () => {
    const broken = createPasswordHasher({ pepper, cost: 15, workerFile })
    const job = broken.hash('x', someone())
    await broken.close()
    await expect(job).rejects.toThrow('the worker ended')
  })

  it('turns away who would wait longest when too many wait', async () => {
    // One runs and a hundred wait.
    const jobs = Array.from({ length: 102 }, () => hasher.matches('x', undefined, someone()))
    const results = await Promise.allSettled(jobs)
    expect(results.filter(result => result.status === 'rejected')).toHaveLength(1)
    expect(results.at(-1)).toMatchObject({ reason: { code: 'unavailable' } })
  })

  it('serves one address in the order it came, one after the other', async () => {
    const order: number[] = []
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        await hasher.matches('x', undefined, ['192.0.2.1', `account-${n}`])
        order.push(n)
      }),
    )
    expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n))
  })

  it('serves another address before all that one address has waiting', async () => {
    const order: string[] = []
    const ask = async (address: string) => {
      await hasher.matches('x', undefined, [address])
      order.push(address)
    }
    await Promise.all([...Array.from({ length: 20 }, () => ask('192.0.2.1')), ask('192.0.2.2')])
    expect(order.indexOf('192.0.2.2')).toBeLessThan(4)
  })

  it.each([
    ['one address, whatever the accounts', (n: number): HashOwners => ['192.0.2.1', `account-${n}`]],
    ['one account, whatever the addresses', (n: number): HashOwners => [`192.0.2.${n}`, 'account']],
  ])('bounds what waits of %s', async (_, owners) => {
    const jobs = Array.from({ length: 30 }, (_, n) => hasher.matches('x', undefined, owners(n)))
    const others = hasher.matches('x', undefined, ['198.51.100.1', 'another'])
    const results = await Promise.allSettled(jobs)
    expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(24)
    for (const result of results.slice(24)) expect(result).toMatchObject({ reason: { code: 'throttled' } })
    expect(await others).toBe(false)
  })
})
