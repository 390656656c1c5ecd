import type { Actor } from '../../shared/access-token.ts'
import { maxUuid } from '../../shared/ids.ts'
import type { Dependencies } from '../dependencies.ts'
import { type Page, type PageRequest, toPage } from '../page.ts'
import { findSecurityEvents } from './event-queries.ts'
import type { SecurityEvent } from './schemas.ts'

export async function listSecurityEvents(
  { db }: Pick<Dependencies, 'db'>,
  {
    actor: { accountId },
    page: { before = maxUuid, limit },
  }: { readonly actor: Actor; readonly page: PageRequest },
): Promise<Page<SecurityEvent>> {
  const found = await findSecurityEvents(db, { accountId, before, limit: limit + 1 })
  return toPage(found, limit, ({ id, kind, address, client, occurredAt }) => ({
    id,
    kind,
    address,
    client,
    occurredAt: occurredAt.toISOString(),
  }))
}
