import { type FieldPatch, type FieldTable, namesOf, patchFields } from '../../shared/field-table.ts'
import type { ProfileFields } from './schemas.ts'

interface Column {
  readonly column: string
  /** The value of an account that has never changed its profile, and so has no row; null where none is given. */
  readonly initial?: string
}

export type ColumnsOf<Fields> = FieldTable<Fields, Column>

/** Every column is of type text. */
export const profileColumns: ColumnsOf<ProfileFields> = {
  displayName: { column: 'display_name' },
  bio: { column: 'bio' },
  location: { column: 'location' },
  website: { column: 'website' },
  avatarUrl: { column: 'avatar_url' },
  visibility: { column: 'visibility', initial: 'public' },
}

export const fieldNames = namesOf<ProfileFields>(profileColumns)

export const columnNames = fieldNames.map(name => profileColumns[name].column)

/** The fields with the members of a merge-patch in place of the former ones. */
export const patchProfile = (current: ProfileFields, patch: FieldPatch<ProfileFields>): ProfileFields =>
  patchFields(fieldNames, current, patch)

/** True if a write of `next` would leave the profile as it is. */
export const isUnchanged = (next: ProfileFields, current: ProfileFields): boolean =>
  fieldNames.every(name => next[name] === current[name])

/** The fields in a select list, read from `profile.profiles` under the name `profile`. */
export const selectedFields = fieldNames
  .map(name => {
    const { column, initial } = profileColumns[name]
    const value = initial === undefined ? `profile.${column}` : `coalesce(profile.${column}, '${initial}')`
    return `${value} as "${name}"`
  })
  .join(', ')

/** The assignments of an update whose parameters for the fields begin at `first`. */
export const assignedFields = (first: number): string =>
  fieldNames.map((name, n) => `${profileColumns[name].column} = $${first + n}::text`).join(', ')
