/** Texts of operations of more than one function; the build leaves them out of the bundles. */
export const cacheable = 'Cacheable: a request with the current ETag in If-None-Match gets 304.'
