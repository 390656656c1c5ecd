import { expect, test } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { createTestApp } from '../test-app.ts'
import { atomSchema, sitemapSchema } from './test-xml-schemas.ts'

const { createAccount, ask, write, owner } = await createTestApp()
const day = new Date().toISOString().slice(0, 10)

/** The document, once xmllint has read it. */
async function readValid(path: string, schema: string): Promise<string> {
  const xml = await (await ask('GET', path)).text()
  const { errors } = await validateXML({ xml, schema })
  expect(errors.map(({ message }) => message)).toEqual([])
  return xml
}

test('the Atom feed and the sitemaps contain public posts, and entity tags', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada, { title: 'Fish & <Chips>', body: 'Salt & *vinegar* ]]>', tags: ['fish'] })
  const path = `/posts/atom.xml?author=${ada.username}`
  const atom = await ask('GET', path)
  expect(atom.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8')
  const text = await readValid(path, atomSchema)
  expect(text).toContain('<title>Fish &amp; &lt;Chips&gt;</title>')
  expect(text).toContain(`<link href="https://api.test/posts/${post.slug}"/>`)
  expect(text).toContain(`<link rel="self" href="https://api.test${path}"/>`)
  expect(text).toContain('&lt;p&gt;Salt &amp;amp; &lt;em&gt;vinegar&lt;/em&gt;')
  const again = await ask('GET', path, { headers: { 'if-none-match': atom.headers.get('etag') ?? '' } })
  expect(again.status).toBe(304)

  const index = await readValid('/posts/sitemap.xml', sitemapSchema)
  expect(index).toContain(`<loc>https://api.test/posts/sitemap.xml?day=${day}</loc>`)
  const sitemap = await readValid(`/posts/sitemap.xml?day=${day}`, sitemapSchema)
  expect(sitemap).toContain(`<loc>https://api.test/posts/${post.slug}</loc>`)
  expect((await ask('GET', '/posts/sitemap.xml?day=2026-13-01')).status).toBe(400)
})

const hostile = [
  ']]><![CDATA[',
  '<!-- --> <?xml version="1.0"?> <!DOCTYPE feed>',
  '&#0; &#xFFFF; &#xFFFE; &#x1; &#xD800; &lol; &amp;lt;',
  `"'/><entry x='`,
  '</title></entry></feed>',
  '\u00ad\u0378\u0600\u{e000}\u{f0000}\u{e0041} \ufeff x',
  '%00 %F %C0 \\u0000 {} | ^ `',
]

test('texts in the syntax of XML leave the feed and the sitemaps valid', async () => {
  const ada = await createAccount('ada')
  for (const text of hostile)
    await write(ada, { title: text, summary: text, body: text, tags: ['c++', 'ä#'] })
  for (const body of hostile) await write(ada, { title: 'x', body })
  const insert = 'insert into profile.profiles (account_id, display_name) values ($1::uuid, $2)'
  await owner.query({ name: '', text: insert }, [ada.actor.accountId, hostile.join(' ')])
  for (const query of ['', `?author=${ada.username}`, '?tag=ä%23'])
    expect(await readValid(`/posts/atom.xml${query}`, atomSchema)).toContain('</entry>')
  await readValid('/posts/atom.xml?tag=nothing', atomSchema)
  await readValid(`/posts/sitemap.xml?day=${day}`, sitemapSchema)
})
