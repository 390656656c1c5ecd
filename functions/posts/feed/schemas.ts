import * as v from 'valibot'
import { pageParameters } from '../../shared/http/cursor.ts'
import { ListQuery } from '../lists/schemas.ts'

export const FeedQuery = v.strictObject({ ...pageParameters, fields: ListQuery.entries.fields })
