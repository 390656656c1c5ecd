import type { Database } from '../../shared/postgres/database.ts'
import { type Commenting, commenting } from '../comments/queries.ts'
import { type Idempotency, idempotency } from '../idempotency/queries.ts'
import { type PostWriting, writing } from '../posts/queries.ts'

/** All that one transaction may do. */
export interface Writing {
  readonly posts: PostWriting
  readonly comments: Commenting
  readonly idempotency: Idempotency
}

export type Transactions = <Result>(work: (transaction: Writing) => Promise<Result>) => Promise<Result>

export const createTransactions =
  (database: Database): Transactions =>
  work =>
    database.transaction(on =>
      work({ posts: writing(on), comments: commenting(on), idempotency: idempotency(on) }),
    )
