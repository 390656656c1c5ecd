import * as v from 'valibot'

/** The number of items of the largest page. */
const maxNames = 100

/**
 * A query parameter of up to 100 names separated by commas, unique under `keyOf`. A name that nothing has is accepted:
 * the response leaves it out.
 */
export const names = (maxNameLength: number, keyOf: (name: string) => string = name => name) =>
  v.pipe(
    v.string(),
    v.maxLength(maxNames * (maxNameLength + 1), `must have at most ${maxNames} names`),
    v.description(`Up to ${maxNames} names separated by commas, without repetition.`),
    v.transform(text => text.split(',')),
    v.check(list => list.length <= maxNames, `must have at most ${maxNames} names`),
    v.check(list => !list.includes(''), 'must be names separated by commas'),
    v.check(list => new Set(list.map(keyOf)).size === list.length, 'must not repeat a name'),
  )
