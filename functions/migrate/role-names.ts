/** The login role of the function that owns a schema. */
export const roleOf = (owner: string) => `iod_${owner}`

/** The migrations' variable with the password of that role. */
export const passwordVariable = (owner: string) => `${owner.toUpperCase()}_DATABASE_PASSWORD`
