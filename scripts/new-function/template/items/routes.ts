import type { HttpApp } from '../../../../functions/shared/http/context.ts'
import { type Guards, operation, route } from '../../../../functions/shared/http/route.ts'
import { type ItemDependencies, listItems } from './list-items.ts'
import { SampleItems } from './schemas.ts'

const list = operation({
  method: 'get',
  path: '/sample/items',
  authentication: 'none',
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'listSampleItems',
        summary: 'List the items of sample',
        description: 'Newest first.',
        responses: { 200: { description: 'The newest 100.', schema: SampleItems } },
        problems: [],
      },
})

export const itemOperations = [list]

export function itemRoutes(app: HttpApp, guards: Guards, dependencies: ItemDependencies): void {
  route(app, guards, list, async c => c.json(await listItems(dependencies)))
}
