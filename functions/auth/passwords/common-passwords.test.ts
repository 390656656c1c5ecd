import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { isCommonPassword } from './common-passwords.ts'

it.each(['password123', 'PassWord123', '１２３４５６７８', 'qwertyuiop', 'iloveyou1'])(
  '%s is common, ignoring case and width',
  async password => {
    expect(await isCommonPassword(password)).toBe(true)
  },
)

it.each(['correct horse battery', 'password123\nqwertyuiop', '# Source', 'sword 12', ''])(
  '%j is not common',
  async password => {
    expect(await isCommonPassword(password)).toBe(false)
  },
)

it('the list contains only normalised passwords of at least the minimum length', () => {
  const lines = readFileSync(new URL('common-passwords.txt', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
  const passwords = lines.filter(line => !line.startsWith('#'))
  expect(passwords.length).toBeGreaterThan(15_000)
  expect(passwords.filter(line => [...line].length < 8)).toEqual([])
  expect(passwords.filter(line => line !== line.normalize('NFKC').toLowerCase())).toEqual([])
})
