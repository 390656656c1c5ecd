import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { longestGapMs } from './longest-gap.ts'

function block(ms: number): void {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

test.each([
  ['at the beginning', [() => block(60), () => nextTurn()]],
  ['at the end', [() => nextTurn(), () => block(60)]],
  ['from beginning to end', [() => block(60)]],
])('work that blocks %s is seen', async (_, steps) => {
  const gapMs = await longestGapMs(async () => {
    for (const step of steps) await step()
  })
  expect(gapMs).toBeGreaterThanOrEqual(60)
})
