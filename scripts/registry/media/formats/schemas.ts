import * as v from 'valibot'

export const MediaFormats = v.object({ items: v.array(v.string()) })
