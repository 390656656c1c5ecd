// A client outside the cluster: HTTPS to the one host, trusting only the local certificate authority.
import { type ProbeOptions, type ProbeResponse, probe } from '../cluster/http-probe.ts'
import { localGateway } from '../cluster/local-gateway.ts'

export const gateway = localGateway()

/** A wake on a busy machine takes seconds; a request that takes longer than this was lost. */
const timeoutMs = 45_000

export interface RequestOptions extends ProbeOptions {
  /** Sent as the Host header; the TLS server name stays the real one. */
  readonly host?: string
  readonly plain?: boolean
}

export function request(
  method: string,
  path: string,
  { host, plain, ...options }: RequestOptions = {},
): Promise<ProbeResponse> {
  const headers = { ...(host !== undefined && { host }), ...options.headers }
  return probe(plain ? gateway.plain : gateway.secure, path, { timeoutMs, ...options, method, headers })
}
