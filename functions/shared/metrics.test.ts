import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createLog } from './log.ts'
import { createCounter } from './metrics.ts'
import { serveMetrics } from './metrics-server.ts'

const portOf = (address: unknown) =>
  typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0

test('counts are written out in the text format, each label value on its own line', async () => {
  const plain = createCounter('test_plain_total', 'Counts without a label.')
  const labelled = createCounter('test_labelled_total', 'Counts with one.', 'result')
  plain.add()
  labelled.add('ok')
  labelled.add('ok')
  labelled.add('refused')
  const server = serveMetrics(0, createLog('test', 'error'))
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${portOf(server.address())}`

  const page = await (await fetch(`${origin}/metrics`)).text()
  expect(page).toContain('# TYPE test_plain_total counter\ntest_plain_total 1\n')
  expect(page).toMatch(/^process_cpu_seconds_total \d+\.\d+$/m)
  expect(page).toContain('test_labelled_total{result="ok"} 2\ntest_labelled_total{result="refused"} 1\n')
  expect((await fetch(`${origin}/anything`)).status).toBe(404)
  server.close()
})

test('a counter that has not counted yet is there with 0, so that its first step is seen as one', async () => {
  createCounter('test_zero_total', 'Not counted yet.')
  const server = serveMetrics(0, createLog('test', 'error'))
  await once(server, 'listening')
  const page = await (await fetch(`http://127.0.0.1:${portOf(server.address())}/metrics`)).text()
  expect(page).toContain('test_zero_total 0\n')
  server.close()
})
