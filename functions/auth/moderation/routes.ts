import { type Authenticate, actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { readBody } from '../../shared/http/input.ts'
import { noStore } from '../routes/answers.ts'
import { RoleBody, SuspensionBody } from '../schemas.ts'
import type { Moderation } from './moderation.ts'

export interface ModerationRoutesOptions {
  readonly moderation: Moderation
  readonly authenticate: Authenticate
}

export function moderationRoutes(app: HttpApp, { moderation, authenticate }: ModerationRoutesOptions): void {
  app.put('/auth/accounts/:username/suspension', authenticate, async c => {
    const { reason } = await readBody(c, SuspensionBody)
    await moderation.suspend(actorOf(c), c.req.param('username'), reason)
    return c.body(null, 204, noStore)
  })

  app.delete('/auth/accounts/:username/suspension', authenticate, async c => {
    await moderation.restore(actorOf(c), c.req.param('username'))
    return c.body(null, 204, noStore)
  })

  app.put('/auth/accounts/:username/role', authenticate, async c => {
    const { role } = await readBody(c, RoleBody)
    await moderation.setRole(actorOf(c), c.req.param('username'), role)
    return c.body(null, 204, noStore)
  })
}
