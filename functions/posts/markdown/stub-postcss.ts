/** Replaces PostCSS in the bundles: with `parseStyleAttributes: false` (sanitize-options.ts) sanitize-html never calls it. */
export function parse(): never {
  throw new Error('style attributes are not parsed')
}
