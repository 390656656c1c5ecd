import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

export interface HtmlPage {
  readonly title: string
  readonly styles: readonly string[]
  readonly scripts: readonly string[]
  readonly body: string
  /** What the scripts read from `<script type="application/json" id="data">`. */
  readonly data: unknown
  /** Where the scripts may send requests, as in `connect-src`. */
  readonly connect: string
  /** Licence texts of what the page contains. */
  readonly notices?: string
}

const sourceOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Keeps the parser of HTML inside the element: `</script>` would end it, and `<!--` change how it ends. */
const inScript = (text: string) => text.replaceAll(/<(?=!--|\/?script)/gi, '\\x3c')

/**
 * Returns a page in one file, which loads nothing from elsewhere. Its policy allows these scripts and styles by their
 * hashes and no others, so text from the API that got into the page could not run.
 */
export function htmlPage({ title, styles, scripts, body, data, connect, notices = '' }: HtmlPage): string {
  const safeScripts = scripts.map(inScript)
  const policy = [
    "default-src 'none'",
    `script-src ${safeScripts.map(sourceOf).join(' ')}`,
    `style-src ${styles.map(sourceOf).join(' ')}`,
    "img-src 'self' data:",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${title}</title>
${styles.map(style => `<style>${style}</style>`).join('\n')}
</head>
<body>
${body}
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
${safeScripts.map(script => `<script>${script}</script>`).join('\n')}
${notices === '' ? '' : `<script type="text/plain" id="notices">\n${notices.replaceAll('<', '‹')}\n</script>\n`}</body>
</html>
`
}

const browserFolder = join(import.meta.dirname, 'browser')

export async function browserScript(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(browserFolder, name)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  })
  return outputFiles.map(({ text }) => text).join('')
}

export const browserFile = (name: string): string => readFileSync(join(browserFolder, name), 'utf8')
