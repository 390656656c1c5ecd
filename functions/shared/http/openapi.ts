import { readFile } from 'node:fs/promises'
import { Problem } from '../problems.ts'
import type { HttpContext } from './context.ts'
import { taggedJson } from './entity-tag.ts'

/** The build puts the document beside the bundle; it is read when somebody asks, so the start does not pay for it. */
const file = new URL(
  import.meta.filename.endsWith('.ts') ? '../../../docs/openapi.json' : 'openapi.json',
  import.meta.url,
)

let document: Promise<string> | undefined

export async function serveOpenApi(c: HttpContext): Promise<Response> {
  document ??= readFile(file, 'utf8')
  const text = await document.catch(error => {
    document = undefined
    throw new Problem('not_found', 'This build carries no OpenAPI document.', { cause: error })
  })
  return taggedJson(c, text, 'public, max-age=300')
}
