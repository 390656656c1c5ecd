import { afterEach, expect, test, vi } from 'vitest'
import { createLog } from './log.ts'

afterEach(() => vi.useRealTimers())

test('each line has the time of its event, and no field without a value', () => {
  vi.useFakeTimers({ now: new Date('2030-01-01T00:00:00.000Z') })
  const lines: unknown[] = []
  const log = createLog('posts', 'info', line => lines.push(JSON.parse(line)))
  log.info('first', { traceId: undefined, status: 200 })
  log.info('second')
  vi.advanceTimersByTime(1)
  log.warn('third')
  const common = { time: '2030-01-01T00:00:00.000Z', level: 'info', service: 'posts' }
  expect(lines).toStrictEqual([
    { ...common, message: 'first', status: 200 },
    { ...common, message: 'second' },
    { ...common, time: '2030-01-01T00:00:00.001Z', level: 'warn', message: 'third' },
  ])
})
