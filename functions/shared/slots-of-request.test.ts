import { expect, it } from 'vitest'
import { asBackground, asRequest, isLaterSlot } from './slots-of-request.ts'

it('work that a request only begins takes no slot of a request', async () => {
  const slots: boolean[] = []
  await asRequest(async () => {
    slots.push(isLaterSlot())
    const background = asBackground(async () => void slots.push(isLaterSlot(), isLaterSlot()))
    slots.push(isLaterSlot())
    await background
  })
  expect(slots).toEqual([false, false, false, true])
})
