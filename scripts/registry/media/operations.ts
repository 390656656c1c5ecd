import { systemOperations } from '../../../functions/shared/http/system-routes.ts'
import { documented } from '../../../functions/shared/openapi/documented-operation.ts'
import { formatOperations } from './formats/routes.ts'
import { MediaFormats } from './formats/schemas.ts'

export const operations = [...formatOperations, ...systemOperations('media')].map(documented)

export const namedSchemas = { MediaFormats }
