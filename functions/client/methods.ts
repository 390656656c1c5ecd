import { type OperationId, type OperationRoute, operations } from './operations.ts'
import { toProblem } from './problem.ts'
import type { CallInput } from './send.ts'
import type { Session } from './session.ts'
import type { Operations, OutputOf, Result } from './types.ts'

/** Their responses begin a session, or go on with it. */
const beginning = new Set<OperationId>(['register', 'logIn', 'refresh'])
/** No token works after them. */
const ending = new Set<OperationId>(['logOut', 'deleteAccount'])

export type Call = <Id extends OperationId>(id: Id, input: CallInput) => Promise<Result<OutputOf<Id>>>

export function createCall(session: Session): Call {
  return async <Id extends OperationId>(id: Id, input: CallInput) => {
    const route = operations[id]
    const response = await session.send(route, input)
    const { status, headers } = response
    const data = await readBody(response, route)
    if (beginning.has(id)) await session.begin(data)
    if (ending.has(id)) await session.end()
    return { data: asContract<OutputOf<Id>>(data), status, etag: headers.get('etag') ?? undefined, headers }
  }
}

export function createMethods(call: Call): Operations {
  const ids = Object.keys(operations).filter(isOperationId)
  return asContract<Operations>(
    Object.fromEntries(ids.map(id => [id, (input: CallInput = {}) => call(id, input)])),
  )
}

const isOperationId = (name: string): name is OperationId => name in operations

/** The one cast: what an operation takes and returns is said by the contract, which the tests hold every response to. */
export const asContract = <Type>(value: unknown): Type => value as Type

/** Undefined without a body. Throws where it is a page: that is an intermediary's, or of another host than the API's. */
async function readBody(response: Response, { isText }: OperationRoute): Promise<unknown> {
  const contentType = response.headers.get('content-type')
  if (contentType === null || response.status === 204) return undefined
  if (isText) return response.text()
  if (!contentType.includes('json')) throw await toProblem(response)
  return response.json()
}
