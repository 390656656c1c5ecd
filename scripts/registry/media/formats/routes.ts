import type { HttpApp } from '../../../../functions/shared/http/context.ts'
import { type Guards, operation, route } from '../../../../functions/shared/http/route.ts'
import { type FormatDependencies, listFormats } from './list-formats.ts'
import { MediaFormats } from './schemas.ts'

const formats = operation({
  method: 'get',
  path: '/media/formats',
  authentication: 'none',
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'listMediaFormats',
        summary: 'List the formats of images that may be uploaded',
        responses: { 200: { description: 'All of them.', schema: MediaFormats } },
        problems: [],
      },
})

export const formatOperations = [formats]

export function formatRoutes(app: HttpApp, guards: Guards, dependencies: FormatDependencies): void {
  route(app, guards, formats, async c => c.json(await listFormats(dependencies)))
}
