import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { functionNames } from '../../functions/registry.ts'
import { createDevInBrowser, openPage, takePicture } from './test-browser.ts'

const { url, browser } = await createDevInBrowser()

test('shows every function with its health, which it keeps asking for', async () => {
  const { page, errors, origins } = await openPage(browser, url)
  for (const name of functionNames)
    await page.locator(`#function-${name}[data-status=ok]`).getByText('postgres').waitFor()
  const asked = { timeout: 10_000 }
  for (const _ of [1, 2]) await page.waitForRequest(`${url}/posts/health`, asked)
  expect(errors).toEqual([])
  expect([...origins]).toEqual([url])
})

test('its three lines work when pasted, and the page shows the new post by itself', async () => {
  const { page, errors } = await openPage(browser, url)
  const lines = await page.locator('#examples').textContent()
  const { stdout } = await promisify(execFile)('sh', ['-c', lines ?? ''])
  const [created = ''] = stdout.trim().split('\n')
  expect(JSON.parse(created)).toMatchObject({ title: 'Hello', status: 'published' })
  await page.locator('#posts').getByRole('button', { name: 'Hello' }).click()
  await page.locator('#post article').getByText('My first post').waitFor()
  expect(errors).toEqual([])
})

test('what answers in place of a function, as after its removal, does not stop the page', async () => {
  const { page, errors } = await openPage(browser, url)
  const card = page.locator('#function-posts')
  const body = JSON.stringify({ status: 404, code: 'not_found' })
  await page.route(`${url}/posts/health`, route => route.fulfill({ status: 404, body }))
  await card.getByText('does not respond').waitFor()
  await page.unroute(`${url}/posts/health`)
  await card.getByText('postgres').waitFor()
  expect(errors.filter(text => !text.includes('404'))).toEqual([])
})

test('leads to the reference', async () => {
  const { page } = await openPage(browser, url)
  await page.getByRole('link', { name: 'API reference' }).click()
  await page.locator('#operations-auth-register').waitFor()
  await takePicture(page, 'start-to-reference')
})
