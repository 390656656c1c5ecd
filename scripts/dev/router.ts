import type { HttpBindings } from '../../functions/shared/http/context.ts'
import type { Fetch } from '../../functions/shared/http/listener.ts'

/** Stands in for the Ingress: a raw prefix match that strips nothing, so `/postsabc` goes to posts, which answers 404. */
export function createRouter(functions: ReadonlyMap<string, { readonly fetch: Fetch }>) {
  return (request: Request, bindings: HttpBindings): Response | Promise<Response> => {
    const { pathname } = new URL(request.url)
    for (const [name, { fetch }] of functions) {
      if (pathname.startsWith(`/${name}`)) return fetch(request, bindings)
    }
    return notFound(pathname)
  }
}

function notFound(instance: string): Response {
  const document = {
    type: 'urn:iod:problem:not_found',
    title: 'Not Found',
    status: 404,
    code: 'not_found',
    detail: 'No function serves this path: they begin with /auth, /profile and /posts.',
    instance,
  }
  const headers = { 'content-type': 'application/problem+json' }
  return new Response(JSON.stringify(document), { status: 404, headers })
}
