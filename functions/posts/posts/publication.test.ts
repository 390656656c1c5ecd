import { describe, expect, test } from 'vitest'
import { changedPublication } from './publication.ts'

describe('transitions of status and time', () => {
  const past = new Date('2020-01-01T00:00:00Z')
  const future = new Date('2199-01-01T00:00:00Z')
  const later = new Date('2199-06-01T00:00:00Z')
  const from = {
    draft: { status: 'draft', publishedAt: null },
    'draft for later': { status: 'draft', publishedAt: future },
    scheduled: { status: 'scheduled', publishedAt: future },
    published: { status: 'published', publishedAt: past },
    archived: { status: 'archived', publishedAt: past },
    'archived before its time': { status: 'archived', publishedAt: future },
  } as const
  const now = null
  const refused = 'refused'
  const refusedTime = expect.objectContaining({
    code: 'invalid_member',
    facts: expect.objectContaining({ path: 'publishedAt' }),
  })
  test.each([
    ['draft', { status: 'published' }, ['published', now]],
    ['draft', { status: 'scheduled' }, refused],
    ['draft', { status: 'scheduled', publishedAt: later }, ['published', later]],
    ['draft', { publishedAt: later }, ['draft', later]],
    ['draft for later', { status: 'published' }, ['published', now]],
    ['draft for later', { status: 'scheduled' }, ['published', future]],
    ['draft for later', { publishedAt: null }, ['draft', null]],
    ['scheduled', { publishedAt: null }, ['draft', null]],
    ['scheduled', { publishedAt: later }, ['published', later]],
    ['scheduled', { publishedAt: past }, ['published', past]],
    ['scheduled', { status: 'published' }, ['published', now]],
    ['scheduled', { status: 'draft' }, ['draft', future]],
    ['scheduled', { status: 'archived' }, ['archived', future]],
    ['scheduled', {}, ['published', future]],
    ['published', {}, ['published', past]],
    ['published', { status: 'draft' }, ['draft', null]],
    ['published', { status: 'archived' }, ['archived', past]],
    ['published', { status: 'scheduled' }, refused],
    ['published', { status: 'scheduled', publishedAt: later }, ['published', later]],
    ['archived', { status: 'published' }, ['published', past]],
    ['archived', { status: 'scheduled' }, refused],
    ['archived', { status: 'draft' }, ['draft', null]],
    ['archived before its time', { status: 'published' }, ['published', now]],
    ['archived before its time', { status: 'scheduled' }, ['published', future]],
  ] as const)('%s, patched with %o', (name, asked, expected) => {
    const act = () => changedPublication(from[name], asked)
    if (expected === refused) expect(act).toThrow(refusedTime)
    else expect(act()).toEqual({ state: expected[0], publishedAt: expected[1] })
  })
})
