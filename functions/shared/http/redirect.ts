import type { HttpContext } from './context.ts'

/**
 * Redirects `/<function>/<former name>/…` to the same resource under its present name, with the same query. 308 preserves
 * the method (RFC 9110, 15.4.9).
 */
export function redirectToPresentName(c: HttpContext, name: string, cacheControl: string): Response {
  const { pathname, search } = new URL(c.req.url)
  const [root, base, , ...rest] = pathname.split('/')
  const location = [root, base, encodeURIComponent(name), ...rest].join('/') + search
  return c.body(null, 308, { location, 'cache-control': cacheControl })
}
