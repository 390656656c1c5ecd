import fc from 'fast-check'

const surrogates = { first: 0xd800, count: 0x800 }

/** Any code point but surrogates. fast-check's `unit: 'binary'` takes four seconds to prepare, in each file. */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff - surrogates.count })
  .map(code => String.fromCodePoint(code < surrogates.first ? code : code + surrogates.count))
