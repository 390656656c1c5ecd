import { randomBytes, randomUUID } from 'node:crypto'
import { hash as bcrypt } from 'bcryptjs'
import { afterAll, describe, expect, it } from 'vitest'
import { createPasswordHasher, type HashOwners } from './password-hasher.ts'

const workerFile = new URL('password-worker.ts', import.meta.url)
const pepper = randomBytes(32)
/** A new owner for each job. */
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

  it('compares passwords beyond bcrypt’s 72 bytes', async () => {
    const long = '🦄'.repeat(64)
    const hash = await hasher.hash(long, someone())
    expect(await hasher.matches(long, hash, someone())).toBe(true)
    expect(await hasher.matches(`${'🦄'.repeat(63)}🐴`, hash, someone())).toBe(false)
  })

  it('treats equivalent spellings of a character as equal (NFKC)', async () => {
    const hash = await hasher.hash('Ame\u0301lie \ufb01n', someone())
    expect(await hasher.matches('Am\u00e9lie fin', hash, someone())).toBe(true)
  })

  it('does not match without the pepper', async () => {
    const hash = await hasher.hash('correct horse', someone())
    const other = createPasswordHasher({ pepper: randomBytes(32), cost: 6, workerFile })
    expect(await other.matches('correct horse', hash, someone())).toBe(false)
    expect(await hasher.matches('correct horse', await bcrypt('correct horse', 6), someone())).toBe(false)
    await other.close()
  })

  it('reports a hash of another cost as outdated', async () => {
    const hash = await hasher.hash('correct horse', someone())
    expect(hasher.isOutdated(hash)).toBe(false)
    expect(costlier.isOutdated(hash)).toBe(true)
    expect(await costlier.matches('correct horse', hash, someone())).toBe(true)
  })

  it('rejects a job whose worker exits, and starts another worker for the next', async () => {
    const broken = createPasswordHasher({ pepper, cost: 15, workerFile })
    const job = broken.hash('x', someone())
    await broken.close()
    await expect(job).rejects.toThrow('the worker ended')
  })

  it('warms the worker without taking a place from a job, and a worker that cannot start fails only the job', async () => {
    const warmed = createPasswordHasher({ pepper, cost: 6, workerFile })
    warmed.warm()
    expect(await warmed.matches('x', undefined, someone())).toBe(false)
    await warmed.close()
    const broken = createPasswordHasher({ pepper, cost: 6, workerFile: new URL('none.ts', import.meta.url) })
    broken.warm()
    await expect(broken.hash('x', someone())).rejects.toThrow('the worker ended')
  })

  it('rejects the newest job when the queue is full', async () => {
    // One runs and one hundred wait.
    const jobs = Array.from({ length: 102 }, () => hasher.matches('x', undefined, someone()))
    const results = await Promise.allSettled(jobs)
    expect(results.filter(result => result.status === 'rejected')).toHaveLength(1)
    expect(results.at(-1)).toMatchObject({ reason: { code: 'unavailable' } })
  })

  it('takes a job of another address when a few have filled the queue', async () => {
    const jobs = Array.from({ length: 101 }, (_, n) =>
      hasher.matches('x', undefined, [`192.0.2.${n % 5}`, `account-${n}`]),
    )
    const another = hasher.matches('x', undefined, ['198.51.100.1', 'another'])
    const results = await Promise.allSettled(jobs)
    expect(await another).toBe(false)
    const rejected = results.filter(result => result.status === 'rejected')
    expect(rejected).toEqual([
      expect.objectContaining({ reason: expect.objectContaining({ code: 'unavailable' }) }),
    ])
  })

  it('runs the jobs of one address in order', async () => {
    const order: number[] = []
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        await hasher.matches('x', undefined, ['192.0.2.1', `account-${n}`])
        order.push(n)
      }),
    )
    expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n))
  })

  it('alternates between addresses', async () => {
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
  ])('limits the waiting jobs of %s', async (_, owners) => {
    const jobs = Array.from({ length: 30 }, (_, n) => hasher.matches('x', undefined, owners(n)))
    const others = hasher.matches('x', undefined, ['198.51.100.1', 'another'])
    const results = await Promise.allSettled(jobs)
    expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(24)
    for (const result of results.slice(24)) expect(result).toMatchObject({ reason: { code: 'throttled' } })
    expect(await others).toBe(false)
  })
})
