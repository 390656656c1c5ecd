import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { readBody } from '../../shared/http/input.ts'
import type { Dependencies } from '../dependencies.ts'
import type { RouteTools } from '../route-tools.ts'
import { noStore } from '../routes/answers.ts'
import { assignRole, restoreAccount, suspendAccount } from './moderation.ts'
import { RoleAssignment, Suspension } from './schemas.ts'

export function moderationRoutes(
  app: HttpApp,
  dependencies: Dependencies,
  { authenticate }: RouteTools,
): void {
  app.put('/auth/accounts/:username/suspension', authenticate, async c => {
    const { reason } = await readBody(c, Suspension)
    await suspendAccount(dependencies, { actor: actorOf(c), username: c.req.param('username'), reason })
    return c.body(null, 204, noStore)
  })

  app.delete('/auth/accounts/:username/suspension', authenticate, async c => {
    await restoreAccount(dependencies, { actor: actorOf(c), username: c.req.param('username') })
    return c.body(null, 204, noStore)
  })

  app.put('/auth/accounts/:username/role', authenticate, async c => {
    const { role } = await readBody(c, RoleAssignment)
    await assignRole(dependencies, { actor: actorOf(c), username: c.req.param('username'), role })
    return c.body(null, 204, noStore)
  })
}
