import { readFile } from 'node:fs/promises'
import type { HttpContext } from './context.ts'
import { entityTag, taggedJson } from './entity-tag.ts'
import { Problem } from './problem.ts'

/** The build puts the document next to the bundle; it is read at the first request, so that a start costs no more. */
const file = new URL(
  import.meta.filename.endsWith('.ts') ? '../../../docs/openapi.json' : 'openapi.json',
  import.meta.url,
)

let document: Promise<{ readonly text: string; readonly tag: string }> | undefined

export async function serveOpenApi(c: HttpContext): Promise<Response> {
  document ??= readDocument()
  const { text, tag } = await document.catch(error => {
    document = undefined
    throw new Problem('not_found', 'This build contains no OpenAPI document.', { cause: error })
  })
  return taggedJson(c, text, 'public, max-age=300', tag)
}

/** Computes the tag once: it is a hash of 220 kB. */
async function readDocument() {
  const text = await readFile(file, 'utf8')
  return { text, tag: entityTag(text) }
}
