import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { dataFolder } from '../dev/data-folder.ts'
import { readEnvironment } from '../dev/environment.ts'

/** For the owner of the database. `name` is that of a function, so it needs no quotes. */
export const dropStatements = (name: string): string => `drop schema if exists ${name} cascade;
do $$ begin if to_regrole('iod_${name}') is not null then
  drop owned by iod_${name} cascade; drop role iod_${name};
end if; end $$;
delete from public.migrations where name like '${name}/%';`

/** Drops the schema, the role and the record of the migrations in the database of `make dev`; false if it does not run. */
export async function dropFromDevelopment(name: string): Promise<boolean> {
  if (!existsSync(join(dataFolder, 'postgres'))) return true
  const { DATABASE_URL } = readEnvironment(dataFolder, 'migrate')
  const client = new Client({ connectionString: DATABASE_URL, connectionTimeoutMillis: 2_000 })
  try {
    await client.connect()
  } catch {
    return false
  }
  try {
    await client.query(dropStatements(name))
    return true
  } finally {
    await client.end()
  }
}
