import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addressGroup } from '../address-group.ts'
import { createLog } from '../log.ts'
import { trustedProxies } from '../testing/trusted-proxies.ts'
import { createBaseApp } from './base-app.ts'
import { clientAddress } from './client-address.ts'

function addressOf(
  socket: string | undefined,
  forwarded: string | undefined,
  hops: number,
  networks?: readonly string[],
) {
  const app = createBaseApp({ log: createLog('test', 'error', () => undefined), corsOrigins: [] })
  app.get('/', c => c.text(clientAddress(c, trustedProxies(hops, networks))))
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  const bindings = { incoming: { socket: { remoteAddress: socket } } }
  return Promise.resolve(app.request('/', { headers }, bindings)).then(response => response.text())
}

const isHeaderValue = (text: string) => /^[\x20-\x7e]*$/.test(text)

it.each([
  ['nobody is believed: the header is not looked at', '203.0.113.9', '1.1.1.1', 0, '203.0.113.9'],
  ['one proxy: the entry it appended', '10.0.0.1', '6.6.6.6, 203.0.113.9', 1, '203.0.113.9'],
  ['two proxies', '127.0.0.1', '6.6.6.6, 203.0.113.9, 10.0.0.1', 2, '203.0.113.9'],
  [
    'three are allowed, two are there: the client keeps its address',
    '127.0.0.1',
    '6.6.6.6, 203.0.113.9, 10.0.0.1',
    3,
    '203.0.113.9',
  ],
  [
    'a client in a private network, behind as many proxies as are believed',
    '127.0.0.1',
    '6.6.6.6, 192.168.1.7, 10.0.0.1',
    2,
    '192.168.1.7',
  ],
  ['the header is missing', '10.0.0.1', undefined, 2, '10.0.0.1'],
  ['the header is shorter than the count', '10.0.0.1', '10.0.0.2', 3, '10.0.0.2'],
  ['an entry that is no address ends the walk', '10.0.0.1', '203.0.113.9, <script>', 2, '10.0.0.1'],
  ['IPv4 mapped into IPv6', '::ffff:203.0.113.9', undefined, 0, '203.0.113.9'],
  ['IPv6 in one spelling', '2001:DB8:0:0:0:0:0:1', undefined, 0, '2001:db8::1'],
  ['a zone is cut off', 'fe80::1%eth0', undefined, 0, 'fe80::1'],
  ['no socket, as in a test', undefined, undefined, 0, 'unknown'],
] as const)('%s', async (_, socket, forwarded, hops, expected) => {
  expect(await addressOf(socket, forwarded, hops)).toBe(expected)
})

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::cb00:7107', '203.0.113.7'],
  ['64:ff9b::7107', '0.0.113.7'],
  ['64:ff9b:1::cb00:7107', '64:ff9b:1:0::/64'],
  ['unknown', 'unknown'],
])('%s is limited as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group)
})

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['64:ff9b::cb00:7107', '203.0.113.7'],
])('%s waits in turn as %s', (address, group) => {
  expect(addressGroup(address, 48)).toBe(group)
})

it.each([
  ['203.0.113.7:51234', '203.0.113.7'],
  ['[2001:db8::1]:51234', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['[::ffff:203.0.113.9]:1', '203.0.113.9'],
  ['::ffff:203.0.113.9:51234', '203.0.113.9'],
  ['::FFFF:203.0.113.9:51234', '203.0.113.9'],
  ['::ffff:203.0.113.9:port', '10.0.0.1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['203.0.113.7:', '10.0.0.1'],
  ['203.0.113.7:port', '10.0.0.1'],
  ['"203.0.113.7"', '10.0.0.1'],
  ['unknown', '10.0.0.1'],
  ['', '10.0.0.1'],
])('a proxy that writes %s names %s', async (entry, expected) => {
  expect(await addressOf('10.0.0.1', entry, 1)).toBe(expected)
})

it('trusts nobody outside the networks of our own proxies, private or not', async () => {
  const networks = ['10.244.0.0/16', '127.0.0.0/8']
  expect(await addressOf('127.0.0.1', '6.6.6.6, 10.9.9.9, 10.244.0.5', 4, networks)).toBe('10.9.9.9')
  expect(await addressOf('172.18.0.1', '6.6.6.6', 4, networks)).toBe('172.18.0.1')
})

it('any header gives one address in one spelling, quickly', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ maxLength: 200 }).filter(isHeaderValue),
      fc.nat(10),
      async (header, hops) => {
        const address = await addressOf('10.0.0.1', header, hops)
        expect(isIP(address)).toBeGreaterThan(0)
        expect(await addressOf(address, undefined, 0)).toBe(address)
      },
    ),
  )
  const startMs = performance.now()
  for (const unit of ['1', '[', ':', '%', ',', '1.1.1.1,', '::1,', 'a%'])
    await addressOf('10.0.0.1', unit.repeat(16_000 / unit.length), 10)
  expect(performance.now() - startMs).toBeLessThan(500)
})
