import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { TestTokens } from '../../../scripts/secrets/access-tokens.ts'
import type { AccessTokenTerms, Actor } from '../access-token.ts'
import type { SessionId } from '../ids.ts'
import type { DocumentedOperation } from '../openapi/documented-operation.ts'
import { forgedTokens } from './forged-tokens.ts'
import type { TestClient } from './test-client.ts'

/** A request by the sender of a valid token on a resource of somebody else. */
interface ForeignRequest {
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** 404 where only the owner may know that the resource exists. */
  readonly status: 403 | 404
}

export interface SecurityBattery {
  readonly app: TestClient
  readonly operations: readonly DocumentedOperation[]
  readonly terms: AccessTokenTerms
  readonly tokens: TestTokens
  /** Creates an account with a session; each request that is accepted gets its own. */
  createActor(): Promise<Actor>
  /** Ends a session, so that the function's next request knows. */
  revoke(session: SessionId): Promise<void>
  /**
   * By operationId, for each protected operation with a path parameter: a request of the given actor on a resource of
   * somebody else, or 'nobody owns it' where everyone may use anyone's.
   */
  readonly foreign: Readonly<
    Record<string, 'nobody owns it' | ((stranger: Actor) => Promise<ForeignRequest>)>
  >
}

/** Values of the header that contain no token. */
const headersWithoutToken = {
  empty: '',
  'a scheme alone': 'Bearer',
  'a scheme and a space': 'Bearer ',
  'another scheme': `Basic ${Buffer.from('admin:admin').toString('base64')}`,
  'two tokens': 'Bearer abc, Bearer def',
  'no ASCII': 'Bearer \u00e4\u00f6',
}

/**
 * Attacks that every protected route of every function must refuse with 401 or 403, derived from the function's
 * operations: a new route is attacked as soon as it is documented, and an undocumented one fails here.
 */
export function attackProtectedRoutes(battery: SecurityBattery): void {
  const { app, operations, terms, tokens } = battery
  const guarded = operations.filter(operation => operation.authentication !== 'none')
  const required = guarded.filter(operation => operation.authentication === 'required')

  const request = (operation: DocumentedOperation, headers: Readonly<Record<string, string>>, query = '') =>
    app.request(`${samplePath(operation)}${query}`, {
      method: operation.method.toUpperCase(),
      headers: { ...(operation.body && { 'content-type': 'application/json' }), ...headers },
      ...(operation.body && { body: '{}' }),
    })

  /** The operations that do not refuse, each with what it answers. */
  async function survivors(
    attacked: readonly DocumentedOperation[],
    attack: (operation: DocumentedOperation) => Response | Promise<Response>,
  ): Promise<readonly string[]> {
    const answers = attacked.map(async operation => {
      const response = await attack(operation)
      const problem = await response.text()
      const isRefused =
        response.status === 401 &&
        response.headers.get('www-authenticate')?.startsWith('Bearer') === true &&
        response.headers.get('cache-control') === 'no-store' &&
        /"code":"(?:unauthenticated|invalid_token)"/.test(problem)
      return isRefused ? [] : [`${operation.method} ${operation.path}: ${response.status} ${problem}`]
    })
    return (await Promise.all(answers)).flat()
  }

  const outgoing = vi.fn(() => Promise.reject(new Error('a token made us call out')))
  beforeAll(() => void vi.stubGlobal('fetch', outgoing))
  afterAll(() => void vi.unstubAllGlobals())

  test('every route is documented and so attacked below', () => {
    const documented = new Set(operations.map(({ method, path }) => `${method} ${path}`))
    const routes = app.routes
      .filter(({ method, path }) => method !== 'ALL' && !path.endsWith('/openapi.json'))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect([...new Set(routes)].filter(route => !documented.has(route))).toEqual([])
  })

  test('a valid token is accepted, so that the refusals below are no accident', async () => {
    for (const operation of guarded) {
      const response = await request(operation, bearer(await tokens.sign(await battery.createActor())))
      expect([401, 500, 503], `${operation.method} ${operation.path}`).not.toContain(response.status)
    }
  })

  test('no header', async () => {
    expect(await survivors(required, operation => request(operation, {}))).toEqual([])
  })

  test('a valid token anywhere but in the header', async () => {
    const token = await tokens.sign(await battery.createActor())
    const cookie = { cookie: `access_token=${token}; token=${token}` }
    expect(await survivors(required, operation => request(operation, cookie))).toEqual([])
    for (const operation of required) {
      const { status } = await request(operation, {}, `?access_token=${token}`)
      // No route knows the parameter, and most say so before they ask who calls.
      expect([400, 401], `${operation.method} ${operation.path}`).toContain(status)
    }
  })

  test.each(Object.entries(headersWithoutToken))('header: %s', async (_, authorization) => {
    expect(await survivors(guarded, operation => request(operation, { authorization }))).toEqual([])
  })

  test('each forged token', async () => {
    const forged = forgedTokens({ terms, tokens, actor: await battery.createActor() })
    const accepted: string[] = []
    for (const [fault, token] of Object.entries(forged)) {
      const through = await survivors(guarded, operation => request(operation, bearer(token)))
      accepted.push(...through.map(answer => `${fault}: ${answer}`))
    }
    expect(accepted).toEqual([])
    expect(outgoing).not.toHaveBeenCalled()
  })

  test('the token of a session that has ended', async () => {
    const actor = await battery.createActor()
    const token = await tokens.sign(actor)
    await battery.revoke(actor.sessionId)
    expect(await survivors(guarded, operation => request(operation, bearer(token)))).toEqual([])
  })

  describe('resources of somebody else', () => {
    const named = required.filter(operation => operation.path.includes('{'))
    test('every protected operation with a path parameter says who owns the resource', () => {
      expect(
        named.map(operation => operation.documentation.operationId).filter(id => !(id in battery.foreign)),
      ).toEqual([])
    })

    for (const operation of named) {
      const foreign = battery.foreign[operation.documentation.operationId]
      if (foreign === undefined || foreign === 'nobody owns it') continue
      test(`${operation.method} ${operation.path}`, async () => {
        const stranger = await battery.createActor()
        const { path, body, headers, status } = await foreign(stranger)
        const response = await app.request(path, {
          method: operation.method.toUpperCase(),
          headers: {
            ...bearer(await tokens.sign(stranger)),
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
        expect(response.status).toBe(status)
      })
    }
  })
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** An id fits every parameter as far as routing goes; nothing has it. */
const samplePath = ({ path }: DocumentedOperation) => path.replaceAll(/\{\w+\}/g, randomUUID())
