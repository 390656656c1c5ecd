import * as v from 'valibot'
import { type Environment, readEnvironment, variable } from '../shared/environment.ts'

const wholeNumber = (fallback: string) =>
  v.pipe(
    v.optional(v.string(), fallback),
    v.regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1 to 9999'),
    v.transform(Number),
  )

const name = (pattern: RegExp) => v.pipe(v.string('is missing'), v.regex(pattern, 'is malformed'))

export type BackupConfig = ReturnType<typeof readConfig>

/** Reads the database of the migrations, the bucket, and what is kept in it. */
export function readConfig(environment: Environment) {
  const values = readEnvironment(
    {
      DATABASE_URL: variable.url('postgres', 'postgresql'),
      DATABASE_CA: v.optional(variable.certificates),
      BACKUP_NAME: name(/^[a-z0-9-]{1,40}$/),
      BACKUP_BUCKET: name(/^[a-z0-9.-]{3,63}$/),
      BACKUP_ENDPOINT: v.optional(variable.url('http', 'https')),
      BACKUP_REGION: v.optional(v.string(), 'us-east-1'),
      BACKUP_KEEP: wholeNumber('7'),
      BACKUP_KEEP_DAYS: wholeNumber('30'),
      ACCESS_KEY_ID: v.string('is missing'),
      ACCESS_SECRET_KEY: v.string('is missing'),
    },
    environment,
  )
  return {
    databaseUrl: values.DATABASE_URL,
    authority: values.DATABASE_CA,
    name: values.BACKUP_NAME,
    bucket: values.BACKUP_BUCKET,
    endpoint: values.BACKUP_ENDPOINT,
    region: values.BACKUP_REGION,
    accessKeyId: values.ACCESS_KEY_ID,
    secretAccessKey: values.ACCESS_SECRET_KEY,
    retention: { keep: values.BACKUP_KEEP, days: values.BACKUP_KEEP_DAYS },
  }
}
