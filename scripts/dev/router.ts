import type { HttpBindings } from '../../functions/shared/http/context.ts'
import type { Fetch } from '../../functions/shared/http/listener.ts'
import { problemOutsideApp } from '../../functions/shared/http/malformed-request.ts'
import type { PageAt } from './pages.ts'

/** Replaces the Ingress: a raw prefix match that strips nothing, so `/postsabc` goes to posts, which responds with 404. */
export function createRouter(
  functions: ReadonlyMap<string, { readonly fetch: Fetch }>,
  pageAt: PageAt = () => undefined,
) {
  return (request: Request, bindings: HttpBindings): Response | Promise<Response> => {
    const { pathname } = new URL(request.url)
    for (const [name, { fetch }] of functions) {
      if (pathname.startsWith(`/${name}`)) return fetch(request, bindings)
    }
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const page = isRead ? pageAt(pathname) : undefined
    return page ?? notFound(pathname, [...functions.keys()])
  }
}

function notFound(instance: string, names: readonly string[]): Response {
  const prefixes = new Intl.ListFormat('en-GB').format(names.map(name => `/${name}`))
  const detail = `No function serves this path: they begin with ${prefixes}.`
  const { status, headers, body } = problemOutsideApp('not_found', detail, instance)
  return new Response(body, { status, headers })
}
