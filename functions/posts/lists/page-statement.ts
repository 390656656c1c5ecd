import { selectedColumns } from '../posts/post-columns.ts'
import type { ListField } from './schemas.ts'

/** Fields so long that a hundred of them would not fit in memory for several readers at once. */
export const longFields: readonly ListField[] = ['html', 'body']

/** The bytes of long texts in one page; only its first post may have more. */
export const maxTextBytes = 1_048_576

/** No page is longer; one row more says whether there is a next page. */
const maxRows = 101

/**
 * The first `limit` rows of a statement. The plan of a prepared statement is made without knowing the limit and would
 * assume a tenth of the table; the constant tells the planner that there are few.
 */
export const firstRows = (statement: string, limit: string): string =>
  `select * from (${statement} limit ${maxRows}) capped limit ${limit}`

/**
 * The keys of a page and, for a page with long texts, whether those of each post fit together with all before it. The
 * lengths are known without reading the texts.
 */
export function withFit(keys: string, order: string, fields: readonly ListField[]): string {
  const lengths = longFields
    .filter(field => fields.includes(field))
    .map(field => `octet_length(post.${field})`)
  if (lengths.length === 0) return keys
  return `select page.*,
        row_number() over earlier = 1 or sum(${lengths.join(' + ')}) over earlier <= ${maxTextBytes} as fits
      from (${keys}) page
      join posts.posts post on post.author_id = page.author_id and post.id = page.post_id
      window earlier as (order by ${order} rows unbounded preceding)`
}

/** The columns of a page of keys from `withFit`. */
export function pageColumns(fields: readonly ListField[]): string {
  const long = longFields.filter(field => fields.includes(field))
  if (long.length === 0) return selectedColumns(fields)
  const short = fields.filter(field => !longFields.includes(field))
  return `${selectedColumns(short)}, page.fits${long
    .map(field => `, case when page.fits then post.${field} end as ${field}`)
    .join('')}`
}
