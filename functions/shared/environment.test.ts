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
  [
    'a password as it is',
    { REDIS_URL: 'redis://:hunter2#@localhost' },
    'in a password # / ? are written as %23',
  ],
  ['no host', { REDIS_URL: 'redis:hunter2' }, 'REDIS_URL must be a URL (redis, rediss) with its host'],
  ['no origin', { PUBLIC_URL: 'hunter2' }, 'PUBLIC_URL must be http(s)://host[:port] and nothing more'],
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

it.each([
  ['CORS_ORIGINS', 'https://app.example/', ['https://app.example']],
  [
    'CORS_ORIGINS',
    'HTTPS://App.Example:443, http://localhost:5173',
    ['https://app.example', 'http://localhost:5173'],
  ],
  ['CORS_ORIGINS', '*', ['*']],
  ['CORS_ORIGINS', '', []],
  ['PUBLIC_URL', 'https://API.example.test/', 'https://api.example.test'],
  ['LOG_LEVEL', '', 'info'],
  ['LOG_LEVEL', 'warn\n', 'warn'],
  ['REDIS_URL', ' rediss://localhost:6379\n', 'rediss://localhost:6379'],
  ['DATABASE_URL', 'postgres://localhost/iod?sslmode=disable\n', 'postgres://localhost/iod?sslmode=disable'],
  ['NEIGHBOUR_URLS', 'http://posts.iod.svc.cluster.local', ['http://posts.iod.svc.cluster.local']],
  [
    'NEIGHBOUR_URLS',
    'http://{auth,posts}.iod.svc:8080',
    ['http://auth.iod.svc:8080', 'http://posts.iod.svc:8080'],
  ],
])('%s=%s is taken in the one spelling that matches', (name, value, expected) => {
  expect(readEnvironment(commonVariables, { ...good, [name]: value })).toMatchObject({ [name]: expected })
})

it.each([
  ['DATABASE_URL', 'postgres:///iod'],
  ['DATABASE_URL', 'postgres://iod_posts@%2Fvar%2Frun%2Fpostgresql/iod'],
  ['DATABASE_URL', 'postgres://iod_posts@[fd00::1]:5432/iod'],
  ['REDIS_URL', 'rediss://default:hunter2@my_redis.example.:6379/3'],
])('%s=%s is taken as it is', (name, value) => {
  expect(readEnvironment(commonVariables, { ...good, [name]: value })).toMatchObject({ [name]: value })
})

it('TRUSTED_PROXY_NETWORKS are those networks and no others', () => {
  const environment = { ...good, TRUSTED_PROXY_NETWORKS: '10.0.0.0/8, fd00::/8' }
  const { TRUSTED_PROXY_NETWORKS: networks } = readEnvironment(commonVariables, environment)
  const addresses = ['10.255.0.1', '11.0.0.1', '192.168.0.1', 'fd12::1', 'fc00::1']
  const trusted = addresses.filter(address =>
    networks.check(address, address.includes(':') ? 'ipv6' : 'ipv4'),
  )
  expect(trusted).toEqual(['10.255.0.1', 'fd12::1'])
})

it.each([
  ['CORS_ORIGINS', 'https://app.example/path'],
  ['CORS_ORIGINS', 'https://*.example'],
  ['CORS_ORIGINS', 'app.example'],
  ['CORS_ORIGINS', 'https://app.example?x=1'],
  ['CORS_ORIGINS', 'ftp://app.example'],
  ['CORS_ORIGINS', 'null'],
  ['PUBLIC_URL', 'https://api.example.test/v1'],
  ['PUBLIC_URL', 'https://user:hunter2@api.example.test'],
  ['PUBLIC_URL', 'https://api.example.test?x'],
  ['JWT_ISSUER', 'two words'],
  ['TRUSTED_PROXY_NETWORKS', '10.0.0.1'],
  ['TRUSTED_PROXY_NETWORKS', '10.0.0.0/33'],
  ['TRUSTED_PROXY_NETWORKS', 'cluster'],
  ['TRUSTED_PROXY_HOPS', '-1'],
  ['DATABASE_URL', 'mysql://a/b'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector'],
  ['DATABASE_URL', 'postgres://localhost/100%'],
  ['REDIS_URL', 'redis://iod_posts:100%@localhost'],
  ['REDIS_URL', 'redis://localhost/cache'],
  ['REDIS_CACHE_URL', 'redis://localhost/0/1'],
  ['NEIGHBOUR_URLS', 'https://posts.iod.svc'],
  ['NEIGHBOUR_URLS', 'http://{posts,}.iod.svc'],
  ['NEIGHBOUR_URLS', 'http://posts.iod.svc/posts'],
  ['NEIGHBOUR_URLS', 'posts'],
  ['NEIGHBOUR_URLS', 'http://posts.iod.svc:99999'],
  ['NEIGHBOUR_URLS', 'http://99999999999'],
  ['DATABASE_URL', 'postgres://iod_posts:hunter2@$(DATABASE_HOST)/iod'],
  ['DATABASE_URL', 'postgres://iod_posts:hunter2@one,two/iod'],
  ['REDIS_URL', 'redis://{{host}}:6379'],
  ['REDIS_URL', 'REDISS://default:hunter2@localhost'],
  ['DATABASE_CA', '-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----'],
  ['REDIS_CA', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'],
  ['METRICS_PORT', '99999'],
])('%s=%s, which would never match, stops the start', (name, value) => {
  const read = () => readEnvironment(commonVariables, { ...good, [name]: value })
  expect(read).toThrow(new RegExp(`^configuration: ${name} must`))
})
