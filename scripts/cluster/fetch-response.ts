import type { IncomingHttpHeaders } from 'node:http'

/** Returns what `fetch` would have resolved with. */
export function toFetchResponse(
  { status, headers }: { readonly status: number; readonly headers: IncomingHttpHeaders },
  content: string | Buffer<ArrayBuffer>,
): Response {
  const pairs = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  )
  return new Response([204, 304].includes(status) ? null : content, { status, headers: pairs })
}
