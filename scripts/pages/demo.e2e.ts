import { expect, test } from 'vitest'
import { createClient } from '../../functions/client/index.ts'
import { demoPassword, emailOf, people, posts } from '../dev/demo/blog.ts'
import { refusedDev } from '../dev/test-dev.ts'
import { createDevInBrowser, openPage, takePicture } from './test-browser.ts'

const { url, browser, options, restart } = await createDevInBrowser({ SEED: 'demo' })

test('the start page shows a blog with pictures, and opens a post with its comments', async () => {
  const { page, errors, origins } = await openPage(browser, url)
  const shown = page.locator('#posts article')
  await expect.poll(() => shown.count()).toBe(posts.length)
  const languages = await shown.locator('h3').evaluateAll(titles => titles.map(title => title.lang))
  expect(new Set(languages).size).toBe(new Set(posts.map(({ language }) => language)).size)
  const widths = () =>
    shown.locator('img').evaluateAll(images => images.map(image => Reflect.get(image, 'naturalWidth')))
  await expect.poll(widths).toEqual(posts.flatMap(({ picture }) => (picture ? [expect.any(Number)] : [])))
  expect(await widths()).not.toContain(0)
  await page.emulateMedia({ colorScheme: 'light' })
  await takePicture(page, 'start-demo-light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await takePicture(page, 'start-demo-dark')

  const [newest] = posts
  await page.getByRole('button', { name: newest?.title ?? '' }).click()
  const [author = '', text = ''] = newest?.comments[0] ?? []
  const name = people.find(({ username }) => username === author)?.displayName ?? ''
  await page.locator('#post').getByText(text).waitFor()
  await page.locator('#post').getByText(name).waitFor()
  await takePicture(page, 'start-demo-post')
  expect(errors).toEqual([])
  expect([...origins]).toEqual([url])
})

test('its people can sign in, and have followers', async () => {
  const api = createClient({ baseUrl: url })
  for (const { username } of people) {
    await api.logIn({ body: { email: emailOf(username), password: demoPassword } })
    const { data } = await api.getProfile({ path: { username } })
    const followers = people.filter(({ follows }) => follows.includes(username)).length
    expect(data).toMatchObject({ followersCount: followers, avatarUrl: `${url}/demo/people/${username}.svg` })
  }
})

test('is written once', async () => {
  expect((await restart()).output).toContain('The demo was there already')
  const { data } = await createClient({ baseUrl: url }).listPosts({ query: { limit: 100 } })
  expect(data.items).toHaveLength(posts.length)
})

test('what a start that was stopped has not written is written by the next', async () => {
  const { author = '', title = '' } = posts.at(-1) ?? {}
  const api = createClient({ baseUrl: url })
  await api.logIn({ body: { email: emailOf(author), password: demoPassword } })
  const { items } = (await api.listPosts({ query: { author, limit: 100 } })).data
  const path = { slug: items.find(post => post.title === title)?.slug ?? '' }
  await api.deletePost({ path, headers: { 'If-Match': (await api.getPost({ path })).etag ?? '' } })
  expect((await restart()).output).toContain('The demo is written')
  const { data } = await createClient({ baseUrl: url }).listPosts({ query: { limit: 100 } })
  expect(data.items.map(post => post.title).toSorted()).toEqual(posts.map(post => post.title).toSorted())
})

test('another SEED is refused, with what there is', async () => {
  expect(await refusedDev({ ...options, environment: { SEED: 'large' } })).toEqual({
    code: 1,
    text: 'Refused: SEED is demo, not large; many posts come from `make seed SIZE=10000`.\n',
  })
})
