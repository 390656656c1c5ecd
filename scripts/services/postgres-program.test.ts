import { expect, test } from 'vitest'
import { requirePlainPath, requireUserName } from './postgres-program.ts'

test('a folder whose name a shell would change is refused, since PostgreSQL starts its programs by one', () => {
  for (const mark of ['"', '$(id)', '`']) expect(() => requirePlainPath(`/home/a ${mark}`)).toThrow(/: move /)
  expect(() => requirePlainPath("/home/Jörg's #1")).not.toThrow()
})

test('a user without a name is refused with a remedy, since initdb would refuse it without one', () => {
  const unknown = () => {
    throw new Error('uv_os_get_passwd returned ENOENT')
  }
  expect(() => requireUserName(unknown)).toThrow(
    /^PostgreSQL needs a user with a name, and \d+ has none here: add it to \/etc\/passwd, or run as another user\.$/,
  )
  expect(() => requireUserName()).not.toThrow()
})
