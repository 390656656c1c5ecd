import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Log } from '../log.ts'
import { acceptsCoding } from './content-coding.ts'
import type { HttpApp, HttpContext } from './context.ts'
import { codedTag, entityTag, findMatch } from './entity-tag.ts'
import { requestLog } from './request-log.ts'
import { securityHeaders } from './security-headers.ts'

/** The page names its scripts and styles by their hashes; this adds what only a header can say, and its own host. */
const policy = "connect-src 'self'; frame-ancestors 'none'"

/**
 * Serves the API reference at `/docs`: one page, which the build puts next to the bundle. It is read with the first request,
 * so that a start costs no more. Mounted before the middleware of the API, whose policy allows no page at all.
 */
export function referencePage(app: HttpApp, log: Log, publicUrl: string, file = builtFile): void {
  let page: Promise<ReferencePage> | undefined
  const headers = Object.entries({
    ...Object.fromEntries(securityHeaders(publicUrl)),
    'content-security-policy': policy,
  })
  // Of all methods, so that it is no operation of the API, which its document would have to describe.
  app.all('/docs', requestLog(log, headers), async c => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD')
      return c.text('Use GET or HEAD here.', 405, { allow: 'GET, HEAD' })
    page ??= readPage(file)
    const found = await page.catch(() => undefined)
    if (found === undefined) page = undefined
    return found === undefined ? c.text('This build contains no reference page.', 404) : respond(c, found)
  })
}

const builtFile = new URL('reference.html.gz', import.meta.url)

interface ReferencePage {
  readonly compressed: Uint8Array<ArrayBuffer>
  readonly tag: string
}

async function readPage(file: URL): Promise<ReferencePage> {
  const compressed = new Uint8Array(await readFile(file))
  return { compressed, tag: entityTag(compressed) }
}

/** Every browser accepts gzip; anyone else gets the page uncompressed, which has another entity tag. */
async function respond(c: HttpContext, { compressed, tag }: ReferencePage): Promise<Response> {
  const isCompressed = acceptsCoding(c.req.header('accept-encoding'), 'gzip')
  const headers = { 'cache-control': 'public, max-age=300', vary: 'accept-encoding' }
  const match = findMatch(c.req.header('if-none-match'), tag)
  if (match !== undefined) return c.body(null, 304, { ...headers, etag: match })
  const etag = isCompressed ? codedTag(tag, 'gzip') : tag
  const content = { ...headers, etag, 'content-type': 'text/html; charset=utf-8' }
  if (isCompressed) return c.body(compressed, 200, { ...content, 'content-encoding': 'gzip' })
  return c.body((await promisify(gunzip)(compressed)).toString(), 200, content)
}
