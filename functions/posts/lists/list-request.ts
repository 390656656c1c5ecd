import type { ListField } from './schemas.ts'

export type Order = 'newest' | 'oldest' | 'favorites'
type OwnState = 'draft' | 'scheduled' | 'published' | 'archived' | 'any'

export interface ListFilters {
  readonly tag?: string | undefined
  /** Username keys, as `usernameKey` makes them. */
  readonly author?: string | undefined
  readonly favoritedBy?: string | undefined
  readonly language?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  /** The posts of the caller in this state. */
  readonly own?: { readonly accountId: string; readonly state: OwnState } | undefined
}

export interface ListRequest {
  readonly filters: ListFilters
  readonly order: Order
  readonly fields: readonly ListField[]
  readonly limit: number
  /** The sort key of the last item of the previous page. */
  readonly after: readonly string[] | undefined
  readonly withTotal: boolean
}
