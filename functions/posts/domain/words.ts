const maxWords = 8

/** The words of a search as they were typed; the last one may be the beginning of one. Nothing else is understood. */
export const wordsOf = (text: string): readonly string[] =>
  (text.normalize('NFKC').match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).slice(0, maxWords)
