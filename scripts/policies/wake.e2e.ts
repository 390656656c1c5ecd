import { expect, test } from 'vitest'
import { functionNames } from '../../functions/registry.ts'
import { untilAtZero } from '../cluster/at-zero.ts'
import { probe } from '../cluster/http-probe.ts'
import { openGateway } from '../release/gateway.ts'
import { stage } from './stand-ins.ts'

const requests: Readonly<Record<string, { path: string; status: number; body?: unknown }>> = {
  posts: { path: '/posts?limit=1', status: 200 },
  profile: { path: '/profile/nobody-has-this-name', status: 404 },
  auth: {
    path: '/auth/login',
    status: 401,
    body: { email: 'nobody@example.com', password: 'a long walk by the sea' },
  },
}

/** Each of these answers depends on Postgres, through a connection that a new pod's policies refuse at first. */
test('the first request after zero succeeds in each function', async ({ annotate }) => {
  const functions = `serving.knative.dev/service in (${functionNames.join(',')}),!iod-functions/stand-in`
  await untilAtZero(functions, stage.namespace)

  const gateway = await openGateway(stage.objects)
  try {
    for (const [name, { path, status, body }] of Object.entries(requests)) {
      const startedMs = performance.now()
      const response = await probe(gateway.secure, path, {
        method: body === undefined ? 'GET' : 'POST',
        ...(body !== undefined && { body }),
      })
      await annotate(`${name} woke and responded in ${Math.round(performance.now() - startedMs)} ms`)
      expect(response.status, `${name}: ${response.text}`).toBe(status)
    }
  } finally {
    gateway.close()
  }
})
