import { expect, test } from 'vitest'
import { disruptive } from '../../shared/disruptive-characters.ts'
import { renderMarkdown } from './render.ts'
import { HtmlTooLong } from './size.ts'

const render = renderMarkdown
const htmlOf = (markdown: string) => render(markdown).html.replaceAll(/(fn(?:ref)?-)[\da-f]{8}-/g, '$1')

test('renders the elements of Markdown', () => {
  expect(htmlOf('# A\n\n*b* **c** `d`\n\n- e\n- f\n\n1. g\n\n> h')).toBe(
    '<h1 id="user-content-a">A</h1>\n<p><em>b</em> <strong>c</strong> <code>d</code></p>\n<ul>\n<li>e</li>\n<li>f</li>\n</ul>\n<ol>\n<li>g</li>\n</ol>\n<blockquote>\n<p>h</p>\n</blockquote>',
  )
  expect(htmlOf('[x](https://example.test/?a=1&b=2)')).toBe(
    '<p><a href="https://example.test/?a=1&amp;b=2" rel="nofollow ugc noopener">x</a></p>',
  )
  expect(htmlOf('![x](https://example.test/a.png)')).toBe(
    '<p><img src="https://example.test/a.png" alt="x" loading="lazy" /></p>',
  )
  expect(htmlOf('```ts\nlet a = 1 < 2\n```')).toBe(
    '<pre><code class="language-ts">let a = 1 &lt; 2\n</code></pre>',
  )
  expect(htmlOf('| a | b |\n| - | - |\n| 1 | 2 |')).toContain('<td>1</td>')
})

test('computes excerpt and reading time from the text alone', () => {
  const { excerpt, readingMinutes } = render(
    `# Title\n\nFirst & <b>foremost</b>.\n\n\`\`\`\ncode\n\`\`\`\n\n${'word '.repeat(900)}`,
  )
  expect(excerpt).toMatch(/^Title First & <b>foremost<\/b>\. word word .*word…$/)
  expect([...excerpt].length).toBeLessThanOrEqual(201)
  expect(readingMinutes).toBe(4)
  expect(render('漢字'.repeat(440)).readingMinutes).toBe(2)
  expect(render('```\nonly code\n```')).toMatchObject({ excerpt: '', readingMinutes: 1 })
})

test('gives headings ids that no page around the post uses', () => {
  expect(htmlOf('# Größe & *Form*\n\n## Größe Form\n\n# !')).toBe(
    '<h1 id="user-content-größe-form">Größe &amp; <em>Form</em></h1>\n<h2 id="user-content-größe-form-1">Größe Form</h2>\n<h1 id="user-content-section">!</h1>',
  )
})

test.each([
  ['größe-form', 'gr%C3%B6%C3%9Fe-form'],
  ['gr%C3%B6%C3%9Fe-form', 'gr%C3%B6%C3%9Fe-form'],
  ['Größe--Form-1', 'gr%C3%B6%C3%9Fe-form-1'],
  ['user-content-fn-1', 'user-content-fn-1'],
  ['fn-1', 'section-fn-1'],
  ['%ff', 'ff'],
  // Punctuation is left out, as GitHub does.
  ["don't-use-node.js", 'dont-use-nodejs'],
])('a link to #%s leads to the id of that heading', (name, anchor) => {
  const href = anchor.startsWith('user-content-') ? anchor : `user-content-${anchor}`
  expect(htmlOf(`[*a*](#${name})`)).toBe(`<p><a href="#${href}"><em>a</em></a></p>`)
})

test('a heading has an id wherever its text is cut, and is found under its name', () => {
  for (const length of [58, 59, 60, 61]) {
    const name = `${'a'.repeat(length)}𝒳b`
    const [, id = ''] = /<h1 id="([^"]+)">/.exec(htmlOf(`# ${name}`)) ?? []
    expect(id).toMatch(/^user-content-a/)
    expect(htmlOf(`[x](#${name})`)).toContain(`href="#${encodeURI(id)}"`)
  }
  expect(htmlOf("Don't use\nNode.js!\n===")).toContain('<h1 id="user-content-dont-use-nodejs">')
})

test.each([
  ['# a\n\n# a\n\n# a 1', ['a', 'a-1', 'a-1-1']],
  ['# a 1\n\n# a\n\n# a', ['a-1', 'a', 'a-2']],
  ['# fn 1\n\n# fnref 1\n\na[^a]\n\n[^a]: b', ['section-fn-1', 'section-fnref-1', 'fnref-1', 'fn-1']],
])('%j uses each id once', (markdown, ids) => {
  const found = [...htmlOf(markdown).matchAll(/ id="user-content-([^"]+)"/g)].map(([, id]) => id)
  expect(found).toEqual(ids)
})

test.each(['> ', '- ', '> - '])('renders or rejects what is nested deep in %j', unit => {
  expect(htmlOf(`${unit.repeat(12)}deep`)).toContain('deep')
  expect(() => htmlOf(`${unit.repeat(50)}deep`)).toThrow(HtmlTooLong)
})

test('renders footnotes with links in both directions', () => {
  const html = htmlOf('Sea[^a] and sea[^a].\n\n[^a]: Salty.')
  expect(html).toContain(
    '<sup class="footnote-ref"><a href="#user-content-fn-1" id="user-content-fnref-1">[1]</a></sup>',
  )
  expect(html).toContain(
    '<li class="footnote-item" id="user-content-fn-1"><p>Salty. <a href="#user-content-fnref-1"',
  )
  expect(render('Sea[^a].\n\n[^a]: Salty.').excerpt).toBe('Sea. Salty.')
})

test('renders task lists with disabled checkboxes', () => {
  expect(htmlOf('- [x] done\n- [ ]\topen\n- [y] text\n- \\[x] text')).toBe(
    '<ul>\n<li><input type="checkbox" disabled="disabled" checked="checked" /> done</li>\n<li><input type="checkbox" disabled="disabled" /> open</li>\n<li>[y] text</li>\n<li>[x] text</li>\n</ul>',
  )
})

test('renders kbd and br as elements, all other tags as text', () => {
  expect(htmlOf('<kbd>Ctrl</kbd> <br> <b>x</b> <kbd onclick=x> <br/x>')).toBe(
    '<p><kbd>Ctrl</kbd> <br /> &lt;b&gt;x&lt;/b&gt; &lt;kbd onclick=x&gt; &lt;br/x&gt;</p>',
  )
  expect(htmlOf('| a |\n| - |\n| 1<br>2 |')).toContain('<td>1<br />2</td>')
  expect(htmlOf('<KBD>a</KBD><BR/>b')).toBe('<p><kbd>a</kbd><br />b</p>')
  expect(htmlOf('<kbd>never closed')).toBe('<p><kbd>never closed</kbd></p>')
})

test('preserves the alignment of columns', () => {
  const html = htmlOf('| a | b | c | d |\n|:-:|--:|:--|---|\n| 1 | 2 | 3 | 4 |')
  expect(html).toContain(
    '<th align="center">a</th>\n<th align="right">b</th>\n<th align="left">c</th>\n<th>d</th>',
  )
  expect(html).toContain('<td align="center">1</td>\n<td align="right">2</td>')
})

test.each([
  ['![A *cat*](javascript:alert(1))', 'A cat'],
  ['![cat](file:///etc/passwd "title")', 'cat'],
  ['![cat](data:image/gif;base64,R0lGOD)', 'cat'],
  ['![cat](//example.test/a.png)', 'cat'],
  ['![cat][1]\n\n[1]: javascript:alert(1)', 'cat'],
  ['[![cat](javascript:alert(1))](vbscript:x)', 'cat'],
  ['[A *cat*](javascript:alert(1)) sat', 'A <em>cat</em> sat'],
  ['[cat](ftp://example.test/a)', 'cat'],
  ['<ftp://example.test/a>', 'ftp://example.test/a'],
  ['ftp://example.test/a', 'ftp://example.test/a'],
  ['[cat]() and [dog](<>) and ![bird]()', 'cat and dog and bird'],
])('puts its text in place of what has a refused address: %s', (markdown, html) => {
  expect(htmlOf(markdown)).toBe(`<p>${html}</p>`)
})

test('keeps links to other sites, within the site, and to an address', () => {
  for (const href of ['https://a.b/?c=d:e', 'http://a.b', '/a', '/b#a', '?a=b:c', '#', 'mailto:a@b.c'])
    expect(htmlOf(`[a](${href})`)).toContain(`<a href="${href}"`)
})

test.each([
  ['(www.example.com).', '(', 'www.example.com', ').'],
  ['a www.example.com/b?c=d_e_f b', 'a ', 'www.example.com/b?c=d_e_f', ' b'],
  ['*www.example.com*', '<em>', 'www.example.com', '</em>'],
])('links a host that begins with www.: %s', (markdown, before, address, after) => {
  const link = `<a href="http://${address}" rel="nofollow ugc noopener">${address}</a>`
  expect(htmlOf(markdown)).toBe(`<p>${before}${link}${after}</p>`)
})

test.each([
  ['_see https://example.com/a_', '<em>see ', 'https://example.com/a', '</em>'],
  ['~~https://example.com/~a/b_c~~', '<s>', 'https://example.com/~a/b_c', '</s>'],
  ['**_https://example.com/_**', '<strong><em>', 'https://example.com/', '</em></strong>'],
  ['https://example.com/a_.', '', 'https://example.com/a', '_.'],
])('links an address without the delimiters after it: %s', (markdown, before, address, after) => {
  const link = `<a href="${address}" rel="nofollow ugc noopener">${address}</a>`
  expect(htmlOf(markdown)).toBe(`<p>${before}${link}${after}</p>`)
})

test.each(['www.', 'www.example', 'awww.example.com', '`www.example.com`', 'example.com', 'index.md'])(
  'links nothing in %s',
  markdown => {
    expect(htmlOf(markdown)).not.toContain('<a')
  },
)

test('replaces an image that may not be loaded by its text', () => {
  expect(htmlOf('![A *cat* & dog](http://example.test/a.png)')).toBe('<p>A cat &amp; dog</p>')
  expect(htmlOf('![cat](ftp://example.test/a.png) ![](x.png)')).toBe('<p>cat </p>')
  expect(htmlOf('![cat](https://example.test/a.png)')).toContain(
    '<img src="https://example.test/a.png" alt="cat"',
  )
})

test.each([
  '&#xFFFF;',
  '&#xFFFE;',
  '&#0;',
  '&#11;',
  '&#x1FFFE;',
  '&#xD800;',
  '&#x7F;',
  '`&#xFFFF;`',
  'a\uFFFFb',
  'a&#x202E;b',
  '`&#x2066;`&#x2029;',
  '![a&rlm;&#x202D;b](https://example.test/a.png "&#x2028;")',
  '<https://example.test/%E2%80%AEgnp.exe>',
])('renders %s without characters that no text may have', markdown => {
  const { html, excerpt } = render(markdown)
  expect((html + excerpt).replaceAll('\n', '')).not.toMatch(disruptive)
})
