import { fromFlat } from '../shared/openapi/documented-operation.ts'
import { operations as flat } from './openapi.ts'

export const operations = flat.map(fromFlat)
