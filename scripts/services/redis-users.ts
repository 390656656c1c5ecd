import { createHash, createHmac } from 'node:crypto'
import { type DatabaseRole, functions } from '../../functions/registry.ts'

/** Selecting a database gives no access to its keys. `HELLO`, `AUTH` and `QUIT` are always allowed. */
const connection = ['+ping', '+select']

export type RedisUser = DatabaseRole | 'iod_monitor' | 'iod_probe'

/** What each user may do. A function can neither read nor change what belongs to another alone. */
export const redisRules: ReadonlyMap<RedisUser, readonly string[]> = new Map<RedisUser, readonly string[]>([
  ...functions.map(
    ({ databaseRole, redisAccess }) => [databaseRole, [...connection, ...redisAccess]] as const,
  ),
  // The exporter: statistics, and no key. `SLOWLOG GET` would show keys and values.
  [
    'iod_monitor',
    ['+ping', '+client|setname', '+info', '+slowlog|len', '+latency|latest', '+latency|histogram'],
  ],
  // The readiness probe and `make monitor-resources`; the environment of the Redis container has the password.
  ['iod_probe', ['+ping', '+info']],
])

export const redisUsers: readonly RedisUser[] = [...redisRules.keys()]

export type RedisPasswords = (user: RedisUser) => string

/** One password per user, made by `newPassword`. */
export function newRedisPasswords(newPassword: () => string): RedisPasswords {
  const passwords = new Map<RedisUser, string>()
  return user => {
    const password = passwords.get(user) ?? newPassword()
    passwords.set(user, password)
    return password
  }
}

/** Derived from one secret, so that the user of a new function needs no secret of its own. */
export const redisPasswordsFrom =
  (secret: string): RedisPasswords =>
  user =>
    createHmac('sha256', secret).update(user).digest('base64url')

/** May do everything. Tests prepare, inspect and empty databases as this user; no other server has it. */
export const ownerUser = 'iod_owner'

/**
 * The file that Redis reads its users from (`aclfile`), with hashes in place of passwords: SHA-256 without a salt is
 * enough for 256 random bits. `default` is off, so that nobody gets in without a user name.
 */
export function aclFile(passwordOf: RedisPasswords, ownerPassword?: string): string {
  const users = [...redisRules].map(([user, rules]) => aclLine(user, passwordOf(user), rules))
  const owner = ownerPassword === undefined ? [] : [aclLine(ownerUser, ownerPassword, ['~*', '&*', '+@all'])]
  return ['user default off', ...users, ...owner, ''].join('\n')
}

const aclLine = (name: string, password: string, rules: readonly string[]) =>
  `user ${name} on #${createHash('sha256').update(password).digest('hex')} resetchannels -@all ${rules.join(' ')}`
