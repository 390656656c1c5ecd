import { examples } from '../dev/examples.ts'
import { browserFile, browserScript, htmlPage } from './html-page.ts'

export interface StartPageOptions {
  readonly url: string
  readonly functions: readonly { readonly name: string; readonly description: string }[]
}

/** What `make dev` shows at `/`: the functions with their health, the newest posts, three calls to paste. */
export async function startPage({ url, functions }: StartPageOptions): Promise<string> {
  return htmlPage({
    title: 'IOD Functions',
    styles: [browserFile('start.css')],
    scripts: [await browserScript('start.ts')],
    body: browserFile('start.html'),
    data: {
      functions: functions.map(({ name, description }) => ({ name, description })),
      examples: examples(url),
    },
    connect: "'self'",
  })
}
