import type { HttpBindings } from '../../functions/shared/http/context.ts'
import type { Fetch } from '../../functions/shared/http/listener.ts'
import { findByPath, noFunction, targetOf } from '../../functions/shared/http/path-router.ts'
import type { PageAt } from './pages.ts'

export interface Served {
  readonly fetch: Fetch
  readonly hasRoomForWrites?: (target: string) => boolean
}

const entriesOf = (functions: ReadonlyMap<string, Served>) =>
  [...functions].map(([name, served]) => ({ prefixes: [`/${name}`] as const, ...served }))

/** As the process of each function asks itself, so that overload is refused here as there. */
export const hasRoomForWrites =
  (functions: ReadonlyMap<string, Served>) =>
  (target: string): boolean =>
    findByPath(entriesOf(functions), target)?.hasRoomForWrites?.(target) ?? true

/** Replaces the Ingress. Functions are found by their names: `/docs` is a page here. */
export function createRouter(functions: ReadonlyMap<string, Served>, pageAt: PageAt = () => undefined) {
  return (request: Request, bindings: HttpBindings): Response | Promise<Response> => {
    // Reloads replace the functions in the map.
    const entries = entriesOf(functions)
    const target = targetOf(request)
    const found = findByPath(entries, target)
    if (found !== undefined) return found.fetch(request, bindings)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const page = isRead ? pageAt(target.split('?', 1)[0] ?? '') : undefined
    return page ?? noFunction(request, entries)
  }
}
