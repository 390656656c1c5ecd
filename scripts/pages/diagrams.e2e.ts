import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../cluster/command.ts'
import { codeOf } from '../documents/fences.ts'
import { launchBrowser } from './test-browser.ts'

const mermaid = createRequire(import.meta.url).resolve('@mermaid-js/tiny')

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const diagrams = globSync(['*.md', 'docs/*.md'], { cwd: root }).flatMap(document =>
  codeOf(readFileSync(join(root, document), 'utf8'), 'mermaid').map((source, index) => ({
    name: `${document} ${index + 1}`,
    source,
  })),
)

test('README.md has a picture', () => {
  expect(diagrams.filter(({ name }) => name.startsWith('README.md'))).toHaveLength(1)
})

/** Draws a diagram as GitHub does, and returns the text in it. */
async function draw(source: string, picture?: string): Promise<string> {
  const page = await browser.newPage({ viewport: { width: 1100, height: 500 } })
  await page.addScriptTag({ path: mermaid })
  const svg = await page.evaluate(
    `mermaid.render('diagram', ${JSON.stringify(source)}).then(({ svg }) => svg)`,
  )
  await page.setContent(String(svg))
  if (picture !== undefined) await page.screenshot({ path: picture })
  const text = await page.locator('svg').textContent()
  await page.close()
  return text ?? ''
}

test.each(diagrams)('the diagram $name can be drawn, with every label in it', async ({ name, source }) => {
  const folder = process.env['SCREENSHOTS']
  const picture = folder && join(folder, `diagram-${name.replaceAll(/\W+/g, '-')}.png`)
  const text = (await draw(source, picture)).replaceAll(/\s+/g, '')
  const labels = [...source.matchAll(/"([^"]+)"/g)].flatMap(([, label = '']) => label.split('<br/>'))
  expect(labels.length).toBeGreaterThan(0)
  for (const label of labels) {
    const shown = label.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll(/\s+/g, '')
    expect(text).toContain(shown)
  }
})

test('a fault in a diagram is reported', async () => {
  await expect(draw('flowchart LR\n  a -->|no end b')).rejects.toThrow(/Parse error/)
})
