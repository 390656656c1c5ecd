import { describe, expect, test } from 'vitest'
import type { FunctionService, Revision, Share } from './revisions.ts'
import { canarySteps, planCanary, rollbackTo } from './traffic.ts'

const revision = (generation: number, more: Partial<Revision> = {}): Revision => ({
  name: `posts-0000${generation}`,
  generation,
  image: `dev.local/iod-posts:${generation}`,
  createdAt: '2026-01-01T00:00:00Z',
  isReady: true,
  rejectedBecause: undefined,
  ...more,
})

const service = (revisions: readonly Revision[], traffic: readonly Share[]): FunctionService => ({
  name: 'posts',
  namespace: 'iod',
  generation: 1,
  isServing: true,
  latestCreated: revisions[0]?.name ?? '',
  latestReady: revisions[0]?.name ?? '',
  traffic,
  revisions,
})

const all = (generation: number): readonly Share[] => [{ revision: `posts-0000${generation}`, percent: 100 }]
const split: readonly Share[] = [
  { revision: 'posts-00002', percent: 90 },
  { revision: 'posts-00003', percent: 10 },
]
const three = [revision(3), revision(2), revision(1)]

test('a canary goes from its first share over 50 to 100', () => {
  expect(canarySteps(10)).toEqual([10, 50, 100])
  expect(canarySteps(50)).toEqual([50, 100])
  expect(canarySteps(80)).toEqual([80, 100])
})

describe('a canary', () => {
  test('is refused next to another one, and for the serving image', () => {
    expect(() => planCanary(service(three, split), 'dev.local/iod-posts:4')).toThrow(
      'another canary runs (posts-00003)',
    )
    expect(() => planCanary(service(three, all(3)), 'dev.local/iod-posts:3')).toThrow(
      'receives all requests already',
    )
  })
})

describe('a rollback', () => {
  test('of a running canary goes to the older of the two', () => {
    expect(rollbackTo(service([revision(4), ...three], split), undefined).name).toBe('posts-00002')
  })
  test('passes over revisions that are not ready or were rejected', () => {
    const rejected = [revision(3), revision(2, { rejectedBecause: 'errors' }), revision(1)]
    expect(rollbackTo(service(rejected, all(3)), undefined).name).toBe('posts-00001')
    const broken = [revision(3), revision(2, { isReady: false })]
    expect(() => rollbackTo(service(broken, all(3)), undefined)).toThrow('no earlier revision')
  })
  test('to a named revision needs that revision', () => {
    expect(rollbackTo(service(three, all(3)), 'posts-00001').name).toBe('posts-00001')
    expect(() => rollbackTo(service(three, all(3)), 'posts-00009')).toThrow(
      'posts-00003, posts-00002, posts-00001',
    )
  })
})
