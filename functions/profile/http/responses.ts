import type { HttpContext } from '../../shared/http/context.ts'

/** How long a shared cache may show a profile that has changed since. */
export const publicCacheControl = 'public, max-age=30'

/** 308 preserves the method (RFC 9110, 15.4.9), so that the same request goes to the present username. */
export function redirectToUsername(
  c: HttpContext,
  { username }: { readonly username: string },
  cacheControl: string,
): Response {
  const { pathname, search } = new URL(c.req.url)
  const rest = pathname.split('/').slice(3)
  const location = ['/profile', encodeURIComponent(username), ...rest].join('/') + search
  return c.body(null, 308, { location, 'cache-control': cacheControl })
}
