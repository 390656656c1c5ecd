import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, it, test } from 'vitest'
import { Username, usernameKey } from './username.ts'

const reserved = [
  // RFC 2142.
  ...[
    'info',
    'marketing',
    'sales',
    'support',
    'abuse',
    'noc',
    'security',
    'postmaster',
    'hostmaster',
    'usenet',
  ],
  ...['news', 'webmaster', 'www', 'uucp', 'ftp'],
  ...[
    'admin',
    'administrator',
    'moderator',
    'official',
    'noreply',
    'no-reply',
    'mailer-daemon',
    'staff',
    'team',
  ],
  ...['help', 'billing', 'root', 'followers'],
  ...[
    'Post-Master',
    'ad-min',
    'a_d-m_i--n',
    'AD_MIN',
    'ａｄｍｉｎ',
    'support-team',
    'official_news',
    'admin-admin',
  ],
]

it.each(reserved)('%s is reserved, and found where an account has it already', name => {
  const refused = v.safeParse(Username, name)
  expect(refused.issues?.map(issue => issue.message)).toEqual(['is reserved'])
  expect(usernameKey(name)).toBe(name.normalize('NFKC').toLowerCase())
})

it.each(['ada', 'admin7', 'news-of-ada', 'teamwork', 'ada_admin', 'infobox', 'helper'])(
  '%s is free',
  name => {
    expect(v.parse(Username, name)).toBe(name)
  },
)

test('no username is a path in the place of one', () => {
  const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'openapi.json'), 'utf8')
  const paths = Object.keys(JSON.parse(document).paths).map(path => path.split('/'))
  const parents = paths.flatMap(parts =>
    parts.flatMap((part, index) => (part === '{username}' ? parts.slice(0, index).join('/') : [])),
  )
  const literals = paths.flatMap(parts =>
    parts.flatMap((part, index) =>
      parents.includes(parts.slice(0, index).join('/')) && /^[a-z]/.test(part) ? part : [],
    ),
  )
  expect(literals.length).toBeGreaterThan(1)
  expect(literals.filter(name => v.is(Username, name))).toEqual([])
})
