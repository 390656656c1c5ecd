import { functions } from '../../functions/registry.ts'
import { securityHeaders } from '../../functions/shared/http/security-headers.ts'
import { referencePage } from '../pages/reference-page.ts'
import { startPage } from '../pages/start-page.ts'
import { pictureAt } from './demo/pictures.ts'

export type PageAt = (path: string) => Promise<Response> | undefined

/** The pages of `make dev` at `url`, built for each request, since their sources may have changed. */
export const createPages =
  (url: string): PageAt =>
  path => {
    if (path === '/') return startPage({ url, functions }).then(html)
    if (path === '/docs') return referencePage().then(html)
    return pictureAt(path)
  }

/** The policy of the page itself is stricter; this one adds what only a header can say. */
const html = (text: string): Response =>
  new Response(text, {
    headers: {
      ...Object.fromEntries(securityHeaders()),
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "connect-src 'self'; frame-ancestors 'none'",
      'cache-control': 'no-cache',
    },
  })
