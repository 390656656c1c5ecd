import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { referencePage } from './reference-page.ts'
import { createDevInBrowser, openPage, runsInjected, takePicture } from './test-browser.ts'

// The page that is opened from a folder has the origin "null".
const { url, browser, folder } = await createDevInBrowser({ CORS_ORIGINS: '*' })

/** Opens the form of an operation, unless it is open. */
async function open(page: Page, operationId: string): Promise<Locator> {
  const operation = page.locator(`.opblock[id$='-${operationId}']`)
  if (!(await operation.getAttribute('class'))?.includes('is-open'))
    await operation.locator('.opblock-summary-control').click()
  return operation
}

/** Sends the form, and returns the status and the body that the page shows. */
async function execute(operation: Locator): Promise<{ readonly status: string; readonly body: string }> {
  await operation.getByRole('button', { name: 'Execute' }).click()
  const shown = operation.locator('.live-responses-table .response')
  const status = await shown.locator('.response-col_status').textContent()
  const body = await shown.locator('.highlight-code').first().textContent()
  return { status: status?.slice(0, 3) ?? '', body: body ?? '' }
}

const account = { email: 'ada@example.com', username: 'ada', password: 'a long walk by the sea' }

test('a reader registers, signs in, creates a post and reads it by clicking', async () => {
  const { page, errors, origins } = await openPage(browser, `${url}/docs`)
  const register = await open(page, 'register')
  await takePicture(page, 'reference-light')
  await register.locator('textarea').fill(JSON.stringify(account))
  expect(await execute(register)).toMatchObject({ status: '201' })
  await expect.poll(() => page.locator('#session').textContent()).toContain('Signed in')

  await page.reload()
  const login = await open(page, 'logIn')
  await login.locator('textarea').fill(JSON.stringify({ email: account.email, password: account.password }))
  expect(await execute(login)).toMatchObject({ status: '200' })

  const create = await open(page, 'createPost')
  await create.locator('textarea').fill(JSON.stringify({ title: 'By clicking', body: 'A *first* post.' }))
  const created = await execute(create)
  expect(created.status).toBe('201')
  await create.locator('.live-responses-table').scrollIntoViewIfNeeded()
  await takePicture(page, 'reference-created')

  const read = await open(page, 'getPost')
  await read.locator('tr[data-param-name="slug"] input').fill('by-clicking')
  const found = await execute(read)
  expect(found.status).toBe('200')
  expect(found.body).toContain('<em>first</em>')
  await read.locator('.live-responses-table').scrollIntoViewIfNeeded()
  await takePicture(page, 'reference-read')

  expect(errors).toEqual([])
  expect([...origins].filter(origin => origin !== url && origin !== 'null')).toEqual([])
})

test('the search finds operations by their words', async () => {
  const { page } = await openPage(browser, `${url}/docs`)
  const shown = () => page.locator('.opblock-summary-path').allInnerTexts()
  const search = page.getByRole('textbox', { name: 'Search operations' })
  await search.fill('comment reply')
  // Listing them, where `parent` selects replies, and writing one.
  await expect.poll(shown).toEqual(['/posts/{slug}/comments', '/posts/{slug}/comments'])
  await takePicture(page, 'reference-search')
  await search.fill('no such operation')
  await expect.poll(shown).toEqual([])
})

test('a token can also be pasted', async () => {
  const { page } = await openPage(browser, `${url}/docs`)
  await page.locator('.auth-wrapper .authorize').first().click()
  await page.locator('.modal-ux input').fill('not-a-token')
  await page.locator('.modal-ux').getByRole('button', { name: 'Apply credentials' }).click()
  await page.locator('.modal-ux').getByRole('button', { name: 'Close' }).last().click()
  const read = await open(page, 'getOwnProfile')
  expect(await execute(read)).toMatchObject({ status: '401', body: expect.stringContaining('invalid_token') })
})

test('follows the system between light and dark until the reader chooses', async () => {
  const { page, errors } = await openPage(browser, `${url}/docs`)
  await page.waitForSelector('.opblock')
  const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
  const light = await ground()
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(ground).not.toBe(light)
  await takePicture(page, 'reference-dark')
  await page.locator('#theme').click()
  await expect.poll(ground).toBe(light)
  await page.reload()
  await expect.poll(ground).toBe(light)
  expect(errors).toEqual([])
})

test.each(['/', '/docs'])('a script that gets into the page %s does not run', async path => {
  const { page } = await openPage(browser, `${url}${path}`)
  expect(await runsInjected(page)).toBe(false)
  // The same in a page without a policy, to see that it would run.
  const without = await browser.newPage()
  expect(await runsInjected(without)).toBe(true)
})

test('the file of a release works from a folder, for a host that the reader names', async () => {
  const file = join(folder, 'reference.html')
  writeFileSync(file, await referencePage())
  const { page, origins } = await openPage(browser, pathToFileURL(file).href)
  await page.locator('.servers input').fill(url)
  const list = await open(page, 'listPosts')
  expect(await execute(list)).toMatchObject({ status: '200', body: expect.stringContaining('By clicking') })
  expect([...origins].filter(origin => origin !== url && origin !== 'null')).toEqual([])
})
