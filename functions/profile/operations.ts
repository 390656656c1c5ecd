import { systemOperations } from '../shared/http/system-routes.ts'
import { documented } from '../shared/openapi/documented-operation.ts'
import { followOperations } from './routes/follows.ts'
import { profileOperations } from './routes/profiles.ts'

/** Every operation of the function, for the OpenAPI document and the tests. */
export const operations = [...profileOperations, ...followOperations, ...systemOperations('profile')].map(
  documented,
)
