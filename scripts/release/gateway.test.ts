import { expect, test } from 'vitest'
import { portIn } from './gateway.ts'

test.each([
  ['127.0.0.1:30001\n', 30_001],
  ['0.0.0.0:30000\n[::]:30000\n', 30_000],
  ['', undefined],
])('docker port prints %j: %s', (written, port) => {
  expect(portIn(written)).toBe(port)
})
