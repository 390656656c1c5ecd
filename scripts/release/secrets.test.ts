import { expect, test } from 'vitest'
import { secretsToMake } from './secrets.ts'

const all = ['api-tls', 'auth', 'postgres']

test.each([
  ['nothing', [], { values: false, certificate: false }],
  ['everything', all, { values: true, certificate: true }],
  ['the certificate, after a stopped deployment', ['api-tls'], { values: false, certificate: true }],
  ['one value of several', ['auth'], undefined],
])('where %s is missing', (_what, missing, toMake) => {
  expect(secretsToMake(all, missing)).toEqual(toMake)
})
