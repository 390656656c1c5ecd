import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createBackground } from './background.ts'
import { createLog } from './log.ts'

it('the end waits for what was begun, and for what that begins in turn', async () => {
  const background = createBackground(createLog('test', 'error'))
  const done: string[] = []
  background.run('first', async () => {
    await sleep(20)
    done.push('first')
    background.run('second', async () => {
      await sleep(20)
      done.push('second')
    })
  })
  await background.settled()
  expect(done).toEqual(['first', 'second'])
})

it('a failure is logged and holds up nobody', async () => {
  const lines: string[] = []
  const background = createBackground(createLog('test', 'error', line => void lines.push(line)))
  background.run('fail', () => Promise.reject(new Error('no luck')))
  await background.settled()
  expect(lines.join('')).toContain('"work":"fail"')
  expect(lines.join('')).toContain('no luck')
})
