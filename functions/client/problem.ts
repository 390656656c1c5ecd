import type { components } from './api.d.ts'

type Document = components['schemas']['Problem']

/** The codes to switch on; `no_problem` where something between client and function answered in its place. */
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
  /** Whole seconds, from `Retry-After`. */
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, headers: Headers, document: Document | undefined) {
    super(document?.detail ?? `HTTP ${status}`)
    this.status = status
    this.code = document?.code ?? 'no_problem'
    this.errors = document?.errors ?? []
    this.requestId = document?.requestId ?? headers.get('x-request-id') ?? undefined
    const seconds = Number(headers.get('retry-after') ?? Number.NaN)
    this.retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined
  }
}

export async function toProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => undefined)
  return new ApiProblem(response.status, response.headers, isProblem(body) ? body : undefined)
}

const isProblem = (body: unknown): body is Document =>
  typeof body === 'object' && body !== null && 'code' in body && 'requestId' in body
