import { type FieldPatch, type FieldTable, namesOf, patchFields } from '../../shared/field-table.ts'
import type { Parameter } from '../../shared/postgres/database.ts'
import type { Rendered } from '../markdown/render.ts'
import type { Publication } from './publication.ts'
import type { AuthoredFields } from './schemas.ts'

/** Every field of a post that a write sets. */
export interface PostFields extends AuthoredFields, Rendered, Publication {
  readonly slug: string
}

interface Column {
  readonly column: string
  readonly type: string
  /** The SQL of its value, where that is not the parameter alone. */
  readonly value?: (parameter: string, state: string) => string
}

export type ColumnsOf<Fields> = FieldTable<Fields, Column>

export const authoredColumns: ColumnsOf<AuthoredFields> = {
  title: { column: 'title', type: 'text' },
  summary: { column: 'summary', type: 'text' },
  body: { column: 'body', type: 'text' },
  tags: { column: 'tags', type: 'text[]' },
  language: { column: 'language', type: 'text' },
  coverImageUrl: { column: 'cover_image_url', type: 'text' },
  canonicalUrl: { column: 'canonical_url', type: 'text' },
  commentsOpen: { column: 'comments_open', type: 'boolean' },
}

const placeColumns: ColumnsOf<Publication & Pick<PostFields, 'slug'>> = {
  slug: { column: 'slug', type: 'text' },
  state: { column: 'state', type: 'text' },
  publishedAt: {
    column: 'published_at',
    type: 'timestamptz',
    value: (time, state) =>
      `case when ${state} = 'published' then coalesce(${time}, posts.now_ms()) else ${time} end`,
  },
}

const renderedColumns: ColumnsOf<Rendered> = {
  html: { column: 'html', type: 'text' },
  excerpt: { column: 'excerpt', type: 'text' },
  readingMinutes: { column: 'reading_minutes', type: 'int' },
}

export const postColumns: ColumnsOf<PostFields> = { ...placeColumns, ...authoredColumns, ...renderedColumns }

export const fieldNames = namesOf<PostFields>(postColumns)
const authoredNames = namesOf<AuthoredFields>(authoredColumns)
/** Rendered fields are left out: they follow from the body. */
const comparedNames = [...namesOf(placeColumns), ...authoredNames]

/** Returns the author's fields with the members of a merge-patch in place of the former ones. */
export const patchAuthored = (current: AuthoredFields, patch: FieldPatch<AuthoredFields>): AuthoredFields =>
  patchFields(authoredNames, current, patch)

/** True if a write of `next` would leave the post as it is. */
export const isUnchanged = (next: PostFields, current: PostFields): boolean =>
  comparedNames.every(name => isEqual(next[name], current[name]))

function isEqual(a: Parameter, b: Parameter): boolean {
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, n) => item === b[n])
  return a === b
}
