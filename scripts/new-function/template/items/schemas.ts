import * as v from 'valibot'

export const SampleItems = v.object({
  items: v.array(v.object({ id: v.pipe(v.string(), v.uuid()), name: v.string() })),
})
