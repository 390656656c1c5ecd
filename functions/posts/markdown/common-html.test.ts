import { array, assert, constantFrom, property, string } from 'fast-check'
import sanitize from 'sanitize-html'
import { expect, test } from 'vitest'
import { anyCharacter } from '../../shared/testing/characters.ts'
import { sanitizeCommon } from './common-html.ts'
import { sanitizeOptions } from './sanitize-options.ts'

const elements = 'p em strong s code kbd pre blockquote ul ol li h1 h6 a'.split(' ')
const others = 'table td img section script style svg textarea plaintext P h7 h'.split(' ')
const tags = [...elements, ...others].flatMap(name => [`<${name}>`, `</${name}>`])
const marks =
  '<br> <br/> </br> <hr> <hr/> < > <> </ <!-- --> <?x> &amp; &lt; &gt; &quot; &#39; &amp & &nbsp;'.split(' ')
const texts = ['words', ' ', '\n', '"', "'", '\u{1F600}', ...marks]
const attributes = `
<h1 id="user-content-a">
<h6 id="user-content-ä-1">
<h1 id="x">
<h1 id="user-content-a" class="b">
<h1 id="user-content-&quot;">
<h1 id=user-content-a>
<code class="language-ts">
<code class="x">
<code class="language-a language-b">
<p class="x">
<p onclick="x">
<em style="x">
<ol start="3">
<a href="https://example.com/a?b=1&amp;c=(d)#e">
<a href="http://example.com">
<a href="//example.com">
<a href="javascript:alert(1)">
<a href="https://x" onclick="y">
<a href="https://x&#47;">
<a href="https://a b">
<a href="mailto:ada@example.com">
<a href="#user-content-a">
<a href="https://">
<a href='https://x'>
<a href="https://x" title="y">
<a href="https://x&quot; onclick=&quot;y">
<a href="https://x?&lt;">
<a href="https:x">
<a  href="https://x">
<a href="https://x" >
<br />
<br x>
<p >
<p/>`
  .trim()
  .split('\n')
const piece = constantFrom(...tags, ...texts, ...attributes)

const bySanitizer = (html: string) => sanitize(html, sanitizeOptions)
const isExact = (html: string) => [undefined, bySanitizer(html)].includes(sanitizeCommon(html))

test('any HTML is sanitized as sanitize-html does, or not at all', () => {
  assert(
    property(array(piece, { maxLength: 12 }), pieces => isExact(pieces.join(''))),
    { numRuns: 20_000 },
  )
  assert(
    property(string({ unit: anyCharacter }), text => isExact(text)),
    { numRuns: 2_000 },
  )
})

test('elements in each other, to a depth that chance seldom reaches, are sanitized as sanitize-html does', () => {
  const opened = constantFrom(...elements.map(name => `<${name}>`), ...attributes)
  assert(
    property(array(opened, { maxLength: 4 }), constantFrom(...texts, '<br>', '<hr>'), (open, text) => {
      const closed = open.toReversed().map(tag => tag.replace(/^<(\w+).*$/, '</$1>'))
      return isExact(`${open.join('')}${text}${closed.join('')}`)
    }),
    { numRuns: 20_000 },
  )
})

test.each([
  '<h2 id="user-content-day-1">Day "1"</h2>\n<p>A &quot;<em>quiet</em>&quot; <strong>harbour</strong> &amp; <s>sea</s><br>\nsand</p>\n',
  '<ul>\n<li>one</li>\n<li>\n<p><code>two</code></p>\n<ol>\n<li>three</li>\n</ol>\n</li>\n</ul>\n<hr>\n',
  '<blockquote>\n<pre><code class="language-ts">a &lt; b\n</code></pre>\n</blockquote>\n',
  '<p><a href="https://example.com/?a=1&amp;b=2">a <kbd>link</kbd></a></p>\n',
])('common HTML is not left to sanitize-html: %s', html => {
  expect(sanitizeCommon(html)).toBe(bySanitizer(html))
})

test('a tag without an end is refused in a time in proportion to its length', () => {
  const startMs = performance.now()
  expect(sanitizeCommon(`<${'a'.repeat(200_000)}`)).toBeUndefined()
  expect(performance.now() - startMs).toBeLessThan(500)
})
