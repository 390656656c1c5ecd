import { problemOutsideApp } from './malformed-request.ts'

/** Something that serves all paths that begin with one of its prefixes. */
export interface Routed {
  readonly prefixes: readonly `/${string}`[]
}

/**
 * Returns what serves the path, as the Ingress would: by a plain prefix, so `/postsabc` goes to posts, which responds with
 * 404.
 */
export const findByPath = <Entry extends Routed>(
  entries: readonly Entry[],
  path: string,
): Entry | undefined => entries.find(({ prefixes }) => prefixes.some(prefix => path.startsWith(prefix)))

/** The path and query of a request's URL, which begins with a scheme and a host. */
export const targetOf = ({ url }: Request): string => url.slice(url.indexOf('/', url.indexOf('://') + 3))

/** The response where no function serves the path. */
export function noFunction(request: Request, entries: readonly Routed[]): Response {
  const [instance] = targetOf(request).split('?', 1)
  const prefixes = new Intl.ListFormat('en-GB').format(entries.flatMap(entry => entry.prefixes))
  const detail = `No function serves this path: they begin with ${prefixes}.`
  const { status, headers, body } = problemOutsideApp('not_found', detail, instance)
  return new Response(body, { status, headers })
}
