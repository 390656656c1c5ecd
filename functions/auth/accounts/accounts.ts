import type { Actor } from '../../shared/access-token.ts'
import type { Background } from '../../shared/background.ts'
import type { Caller } from '../../shared/caller.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Database } from '../../shared/postgres/database.ts'
import { invalidToken } from '../../shared/problems.ts'
import { accountsTag, type Cache, profileTag } from '../../shared/redis/cache.ts'
import type { Revocations } from '../../shared/revocations.ts'
import { canonical } from '../../shared/username.ts'
import { newest, type Page, type PageRequest, pageOf } from '../page.ts'
import type { Passwords } from '../passwords/passwords.ts'
import type { DeleteBody, EventItem, User } from '../schemas.ts'
import type { SessionStore } from '../sessions/queries.ts'
import { toUser } from '../sign-in/sign-in.ts'
import type { AccountState } from './account-state.ts'
import type { EventStore } from './event-queries.ts'
import type { ExportStore } from './export-queries.ts'
import type { AccountStore } from './queries.ts'

export interface AccountsOptions {
  readonly database: Pick<Database, 'transaction'>
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly events: EventStore
  readonly exports: ExportStore
  readonly passwords: Pick<Passwords, 'confirm'>
  readonly revocations: Pick<Revocations, 'announce'>
  readonly cache: Pick<Cache, 'drop'>
  readonly background: Background
  readonly accountState: AccountState
}

/** Every id is greater. */
const beforeAll = '00000000-0000-0000-0000-000000000000'

/** The verbs on an account as a whole. */
export function createAccounts(options: AccountsOptions) {
  const { database, accounts, sessions, events, exports, passwords, revocations, cache } = options
  const { accountState, background } = options

  async function requireAccount(id: AccountId) {
    const account = await accounts.byId(id)
    if (account === undefined) throw invalidToken()
    return account
  }

  return {
    get: async ({ accountId }: Actor): Promise<User> => toUser(await requireAccount(accountId)),

    async delete(actor: Actor, { password, posts }: DeleteBody, caller: Caller): Promise<void> {
      const { username } = await requireAccount(actor.accountId)
      const checked = await passwords.confirm(actor, password, caller)
      // Each batch with the account locked: nothing goes of one that has been suspended, or has another password, since.
      const step = () =>
        database.transaction(async on => {
          await accountState.lockForOwner(on, actor, checked)
          if (!(await accounts.eraseFollows(on, actor.accountId))) return undefined
          const ended = await sessions.endAll(on, actor.accountId)
          await accounts.erase(on, actor.accountId, posts)
          return ended
        })
      let ended = await step()
      while (ended === undefined) ended = await step()
      background.run('erase posts', async () => {
        await accounts.finishErasures()
        // Again: a post may have been read, and kept, until it was erased.
        await cache.drop([accountsTag])
      })
      await Promise.all([
        revocations.announce(ended),
        cache.drop([profileTag(canonical(username)), accountsTag]),
      ])
    },

    async events({ accountId }: Actor, { before = newest, limit }: PageRequest): Promise<Page<EventItem>> {
      const found = await events.list(accountId, before, limit + 1)
      return pageOf(found, limit, ({ id, kind, address, client, occurredAt }) => {
        return { id, kind, address, client, occurredAt: occurredAt.toISOString() }
      })
    },

    /** One JSON document in pieces, read page by page as they are taken: any size, little memory. */
    async export(actor: Actor, caller: Caller): Promise<AsyncIterable<string>> {
      const account = await requireAccount(actor.accountId)
      await events.insert(actor.accountId, 'data_exported', caller)
      return exportPieces(exports, actor.accountId, toUser(account))
    },
  }
}

export type Accounts = ReturnType<typeof createAccounts>

async function* exportPieces(exports: ExportStore, account: AccountId, user: User): AsyncGenerator<string> {
  yield `{"account":${JSON.stringify(user)}`
  for (const { section, page, pageSize } of exports.sections) {
    yield `,"${section}":[`
    let after = beforeAll
    let separator = ''
    for (;;) {
      const items = await page(account, after)
      for (const item of items) {
        yield `${separator}${item.data}`
        separator = ','
      }
      const last = items.at(-1)
      if (last === undefined || items.length < pageSize) break
      after = last.id
    }
    yield ']'
  }
  yield '}'
}
