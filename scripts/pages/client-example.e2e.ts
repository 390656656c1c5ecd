import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, expect, test } from 'vitest'
import { createClient } from '../../functions/client/index.ts'
import { root } from '../cluster/command.ts'
import { findFreePort } from '../services/free-port.ts'
import { createDevInBrowser, openPage } from './test-browser.ts'

const client = join(root, 'functions/client')
const pagePort = await findFreePort()
const origin = `http://localhost:${pagePort}`

// The page and the API have different origins, so that every call needs CORS.
const { outputFiles } = await build({
  entryPoints: [join(client, 'index.ts')],
  ...{ bundle: true, format: 'esm' as const, write: false as const },
})
const files = new Map<string | undefined, [type: string, content: string]>([
  ['/', ['text/html; charset=utf-8', readFileSync(join(client, 'example/index.html'), 'utf8')]],
  ['/client.js', ['text/javascript', outputFiles[0]?.text ?? '']],
])
const pages = createServer(({ url }, response) => {
  const [type, content] = files.get(url?.split('?')[0]) ?? ['text/plain', '']
  response.writeHead(200, { 'content-type': type }).end(content)
})

pages.listen(pagePort)
afterAll(() => pages.close())
const { url: api, browser } = await createDevInBrowser({ CORS_ORIGINS: origin })

test('the example of the client lists the posts of all pages, from another origin', async () => {
  const author = createClient({ baseUrl: api })
  await author.register({
    body: { email: 'ada@example.com', username: 'ada', password: 'a long walk by the sea' },
  })
  for (let n = 1; n <= 7; n += 1) await author.createPost({ body: { title: `Post ${n}`, body: 'Hello.' } })
  const { page, errors, origins } = await openPage(browser, `${origin}/?api=${api}`)
  await page.locator('#posts li').nth(6).waitFor()
  expect(await page.locator('#posts li').allTextContents()).toEqual(
    [7, 6, 5, 4, 3, 2, 1].map(n => `Post ${n}`),
  )
  expect(errors.filter(text => !text.includes('favicon'))).toEqual([])
  expect([...origins].toSorted()).toEqual([api, origin].toSorted())
})
