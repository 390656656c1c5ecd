import { expect, it } from 'vitest'
import { ConfigError, commonVariables, readEnvironment, variable } from './environment.ts'

const good = {
  DATABASE_URL: 'postgres://iod_posts:hunter2@localhost/iod',
  REDIS_URL: 'rediss://default:hunter2@eu1.upstash.example:6379',
  PUBLIC_URL: 'https://api.example.test',
}

it('fills in what has a harmless default', () => {
  expect(readEnvironment(commonVariables, good)).toMatchObject({
    PORT: 8080,
    DATABASE_POOL_SIZE: 5,
    CORS_ORIGINS: [],
  })
})

it.each([
  ['a missing one', { DATABASE_URL: undefined }, 'DATABASE_URL is missing'],
  ['another scheme', { REDIS_URL: 'https://hunter2.example' }, 'REDIS_URL must be a URL (redis, rediss)'],
  ['no URL', { PUBLIC_URL: 'hunter2' }, 'PUBLIC_URL must be a URL'],
  ['no number', { PORT: 'hunter2' }, 'PORT must be a whole number'],
  ['a number out of bounds', { DATABASE_POOL_SIZE: '0' }, 'DATABASE_POOL_SIZE must be at least 1'],
  ['a word not in the list', { LOG_LEVEL: 'hunter2' }, 'LOG_LEVEL must be debug, info, warn or error'],
])('names the variable and not its value: %s', (_, change, message) => {
  const read = () => readEnvironment(commonVariables, { ...good, ...change })
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(message)
  expect(read).not.toThrow(/hunter2/)
})

it('lists everything that is wrong at once', () => {
  const read = () =>
    readEnvironment(
      { ...commonVariables, PEPPER: variable.secret, KEYS: variable.document },
      { PEPPER: 'short', KEYS: '/nowhere' },
    )
  expect(read).toThrow(
    /DATABASE_URL.*REDIS_URL.*PUBLIC_URL.*PEPPER must be 32 bytes.*KEYS must be a JSON document or the path/,
  )
})
