/**
 * Escapes what esbuild leaves in regular expressions. A bundle of ASCII alone is read in half the time and takes half the
 * memory, since V8 keeps a text with any other character in two bytes per character: 2 of 40 ms of the start of posts.
 */
export const asciiSource = (source: string): string =>
  source.replaceAll(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
