import * as v from 'valibot'
import { CalendarDate } from '../../shared/time.ts'
import { Username } from '../lists/schemas.ts'
import { Tag } from '../posts/schemas.ts'

export const AtomQuery = v.strictObject({ tag: v.optional(Tag), author: v.optional(Username) })

export const SitemapQuery = v.strictObject({ day: v.optional(CalendarDate) })
