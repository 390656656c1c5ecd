import { systemOperations } from '../../../functions/shared/http/system-routes.ts'
import { documented } from '../../../functions/shared/openapi/documented-operation.ts'
import { itemOperations } from './items/routes.ts'
import { SampleItems } from './items/schemas.ts'

/** Every operation of the function, for the OpenAPI document and the tests. */
export const operations = [...itemOperations, ...systemOperations('sample')].map(documented)

/** The names of its schemas in `components.schemas`. */
export const namedSchemas = { SampleItems }

/** An example of each schema that is a whole body. */
export const examples = {
  SampleItems: { items: [{ id: '0199f3a2-7c1e-7d4b-9a53-2f6c1be0d7aa', name: 'first' }] },
}
