import * as v from 'valibot'
import { Count, NextCursor, textUpTo } from '../../shared/formats.ts'
import { pageParameters } from '../../shared/http/cursor.ts'

export const TagsQuery = v.strictObject(pageParameters)

export const TagCount = v.object({ tag: textUpTo(40), postsCount: Count })

export const TagPage = v.object({
  items: v.array(TagCount),
  nextCursor: NextCursor,
})
