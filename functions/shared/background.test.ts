import { expect, it, vi } from 'vitest'
import { createBackground } from './background.ts'
import { createLog } from './log.ts'
import { asRequest, isLaterSlot } from './slots-of-request.ts'

it('the end waits for what was begun, and for what that begins in turn', async () => {
  const background = createBackground(createLog('test', 'error'))
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const done: string[] = []
  background.run('first', async () => {
    await first.promise
    done.push('first')
    background.run('second', async () => {
      await second.promise
      done.push('second')
    })
  })
  const settled = background.settled().then(() => done.push('settled'))
  first.resolve()
  await vi.waitFor(() => expect(done).toEqual(['first']), 10_000)
  second.resolve()
  await settled
  expect(done).toEqual(['first', 'second', 'settled'])
})

it('a failure is logged and holds up nobody', async () => {
  const lines: string[] = []
  const background = createBackground(createLog('test', 'error', line => void lines.push(line)))
  background.run('fail', () => Promise.reject(new Error('no luck')))
  await background.settled()
  expect(lines.join('')).toContain('"work":"fail"')
  expect(lines.join('')).toContain('no luck')
})

it('what a request begins waits at Postgres behind requests', async () => {
  const background = createBackground(createLog('test', 'error'))
  const slots: boolean[] = []
  asRequest(() => {
    isLaterSlot()
    background.run('read', async () => void slots.push(isLaterSlot(), isLaterSlot()))
  })
  await background.settled()
  expect(slots).toEqual([false, false])
})
