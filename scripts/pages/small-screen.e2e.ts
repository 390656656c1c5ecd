// The pages on a telephone: nothing is wider than the screen, and what stays on it leaves room for the rest.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createDevInBrowser, openPage, takePicture } from './test-browser.ts'

const { url, browser } = await createDevInBrowser({ SEED: 'demo' })
const screen = { width: 390, height: 844 }

/** Elements beyond the right edge, except for those in a box that scrolls by itself. */
const tooWide = (page: Page): Promise<unknown> =>
  page.evaluate(`[...document.querySelectorAll('body *')]
    .filter(element => element.getBoundingClientRect().right > ${screen.width} + 1)
    .filter(element => !element.closest('pre, .microlight, .highlight-code, .model-box'))
    .map(element => element.outerHTML.slice(0, 80))`)

async function openSmall(path: string): Promise<Page> {
  const { page } = await openPage(browser, `${url}${path}`)
  await page.setViewportSize(screen)
  return page
}

test('the start page', async () => {
  const page = await openSmall('/')
  await page.locator('#posts article').first().waitFor()
  await takePicture(page, 'small-start')
  expect(await tooWide(page)).toEqual([])
})

test('the reference, with an operation that was called', async () => {
  const page = await openSmall('/docs')
  const operation = page.locator(".opblock[id$='-listPosts']")
  await operation.locator('.opblock-summary-control').click()
  await operation.getByRole('button', { name: 'Execute' }).click()
  await operation.locator('.live-responses-table .response').waitFor()
  await takePicture(page, 'small-reference')
  expect(await tooWide(page)).toEqual([])
  const header = await page.locator('body > header').boundingBox()
  expect(header?.height).toBeLessThan(screen.height / 6)
})

test('what folds a section of the reference is seen in the dark', async () => {
  const page = await openSmall('/docs')
  await page.emulateMedia({ colorScheme: 'dark' })
  const colorOf = (selector: string) =>
    page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).color`)
  await page.locator('.opblock-tag .expand-operation').first().waitFor()
  await expect.poll(() => colorOf('.opblock-tag .expand-operation')).toBe(await colorOf('body'))
})
