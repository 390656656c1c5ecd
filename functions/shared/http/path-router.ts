import { problemOutsideApp } from './malformed-request.ts'

/** Something that serves all paths that begin with one of its prefixes. */
export interface Routed {
  readonly prefixes: readonly `/${string}`[]
}

/**
 * Returns what serves the path, as the Ingress would: by the longest plain prefix, so `/postsabc` goes to posts, which
 * responds with 404, unless another function is named so.
 */
export function findByPath<Entry extends Routed>(entries: readonly Entry[], path: string): Entry | undefined {
  let found: Entry | undefined
  let length = 0
  for (const entry of entries)
    for (const prefix of entry.prefixes)
      if (prefix.length > length && path.startsWith(prefix)) {
        found = entry
        length = prefix.length
      }
  return found
}

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
