import * as v from 'valibot'
import { type Environment, readEnvironment, variable } from '../shared/environment.ts'

/** ASCII, for which a SCRAM verifier can be made without SASLprep. */
const password = v.pipe(
  v.string(),
  v.minLength(16, 'must have 16 characters or more'),
  v.regex(/^[\x21-\x7e]+$/, 'must be printable ASCII'),
)

export function readConfig(environment: Environment) {
  const values = readEnvironment(
    {
      DATABASE_URL: variable.url('postgres', 'postgresql'),
      AUTH_DATABASE_PASSWORD: password,
      PROFILE_DATABASE_PASSWORD: password,
      POSTS_DATABASE_PASSWORD: password,
      MONITOR_DATABASE_PASSWORD: v.optional(password),
    },
    environment,
  )
  return {
    databaseUrl: values.DATABASE_URL,
    rolePasswords: {
      iod_auth: values.AUTH_DATABASE_PASSWORD,
      iod_profile: values.PROFILE_DATABASE_PASSWORD,
      iod_posts: values.POSTS_DATABASE_PASSWORD,
    },
    monitorPassword: values.MONITOR_DATABASE_PASSWORD,
  }
}
