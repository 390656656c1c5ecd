import * as v from 'valibot'

/** As many as a page has items. */
const maxNames = 100

/**
 * A query parameter of up to 100 names with commas between, each once in the sense of `keyOf`. A name that nothing has is
 * for the answer to leave out, not for this to refuse.
 */
export const names = (maxNameLength: number, keyOf: (name: string) => string = name => name) =>
  v.pipe(
    v.string(),
    v.maxLength(maxNames * (maxNameLength + 1), `must have at most ${maxNames} names`),
    v.description(`Up to ${maxNames} with commas between, each once.`),
    v.transform(text => text.split(',')),
    v.check(list => list.length <= maxNames, `must have at most ${maxNames} names`),
    v.check(list => !list.includes(''), 'must be names with commas between'),
    v.check(list => new Set(list.map(keyOf)).size === list.length, 'must have each name once'),
  )
