import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Metafile } from 'esbuild'
import { root } from '../cluster/command.ts'
import { browserFile, browserScript, htmlPage } from './html-page.ts'

const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

const swaggerFile = (name: string) => readFileSync(join(swaggerUi, name), 'utf8')

/** What the page contains, in the form that the notices and the bill of materials of an image are made from. */
export const referencePackages: Metafile = {
  inputs: { 'node_modules/swagger-ui-dist/swagger-ui-bundle.js': { bytes: 0, imports: [] } },
  outputs: {},
}

/** The OpenAPI document as a page: Swagger UI and the document in one file, for a host as for a folder. */
export async function referencePage(): Promise<string> {
  return htmlPage({
    title: 'IOD Functions: API reference',
    styles: [swaggerFile('swagger-ui.css'), browserFile('reference.css')],
    scripts: [swaggerFile('swagger-ui-bundle.js'), await browserScript('reference.ts')],
    body: browserFile('reference.html'),
    data: JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')),
    // From a folder, the reader names the host; a server that sends the page narrows this to itself.
    connect: "'self' http: https:",
    notices: ['NOTICE', 'LICENSE', 'swagger-ui-bundle.js.LICENSE.txt'].map(swaggerFile).join('\n'),
  })
}
