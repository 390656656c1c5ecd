/** Texts shared by several operations; the build leaves them out of the bundles. */
export const redirects =
  'A former username redirects (308) to the present one while it is reserved for its owner.'
export const privateNotFound = 'A private profile is not found (404).'

export const etag = { ETag: 'Changes whenever the representation changes.' }

export const usernameMoved = {
  308: {
    description: 'The profile has a new username.',
    headers: { Location: 'The same resource under the present username.' },
  },
}
