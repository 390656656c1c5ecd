import type { components } from './api.d.ts'

type Document = components['schemas']['Problem']

/** The codes to switch on; `no_problem` where an intermediary responded instead of the function. */
export type ProblemCode = Document['code'] | 'no_problem'

/** A response that is not a success, by its problem document (RFC 9457). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly code: ProblemCode
  /** The members of the request that were refused. */
  readonly errors: readonly { readonly path: string; readonly message: string }[]
  /** For the operator's logs. */
  readonly requestId: string | undefined
  /** From `Retry-After`. */
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, headers: Headers, document?: Partial<Document>) {
    super(document?.detail ?? `HTTP ${status}`)
    this.status = status
    this.code = document?.code ?? 'no_problem'
    this.errors = document?.errors ?? []
    this.requestId = document?.requestId ?? headers.get('x-request-id') ?? undefined
    this.retryAfterSeconds = secondsOf(headers.get('retry-after') ?? '')
  }
}

/** Reads whole seconds, or the time of a proxy, by this client's clock (RFC 9110, 10.2.3). */
function secondsOf(retryAfter: string): number | undefined {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter)
  const atMs = Date.parse(retryAfter)
  return Number.isNaN(atMs) ? undefined : Math.max(0, Math.ceil((atMs - Date.now()) / 1_000))
}

export async function toProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => undefined)
  return new ApiProblem(response.status, response.headers, isProblem(body) ? body : undefined)
}

const isProblem = (body: unknown): body is Document =>
  typeof body === 'object' && body !== null && 'code' in body && 'requestId' in body
