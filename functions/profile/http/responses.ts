/** How long a shared cache may show a profile that has changed since. */
export const publicCacheControl = 'public, max-age=30'
