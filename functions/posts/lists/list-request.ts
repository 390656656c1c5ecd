import type { AccountId } from '../../shared/ids.ts'
import type { ListField } from './schemas.ts'

export type Order = 'newest' | 'oldest' | 'favorites'
type OwnState = 'draft' | 'scheduled' | 'published' | 'archived' | 'any'

interface Favoriting {
  readonly usernameKey: string
  /** Undefined for a reader without a token. */
  readonly reader: AccountId | undefined
}

export interface ListFilters {
  readonly tag?: string | undefined
  /** A username key, as `usernameKey` makes it. */
  readonly author?: string | undefined
  readonly favoritedBy?: Favoriting | undefined
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
