/** A sentence of operations of more than one function; the build leaves it out of the bundles. */
export const cacheable = 'Cacheable: a request with the current ETag in If-None-Match gets 304.'
