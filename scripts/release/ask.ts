import http from 'node:http'
import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Place {
  /** Where to connect to, whatever the host's name resolves to. */
  readonly address: string
  readonly port: number
  /** The name to ask for, with its port where that is not the scheme's own. */
  readonly host: string
  readonly tls: boolean
  /** The authority to trust; the system's own when undefined. */
  readonly ca?: string | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** A full cluster takes its time to wake a function. */
const answerTimeoutMs = 60_000

/** One GET at the gateway. Rejects when the certificate is not the host's own. */
export function ask({ address, port, host, tls, ca }: Place, path: string): Promise<Answer> {
  const options = { host: address, port, path, headers: { host }, timeout: answerTimeoutMs, agent: false }
  return new Promise((resolve, reject) => {
    const request = tls
      ? https.request({ ...options, servername: host.split(':')[0], ca })
      : http.request(options)
    request.on('timeout', () => request.destroy(new Error(`no answer in ${answerTimeoutMs} ms`)))
    request.on('error', reject)
    request.on('response', response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    request.end()
  })
}

/** The nodes open a new node port up to seconds after its Service is there. */
const openDeadlineMs = 10_000

/** Waits until anything at all answers there; what asks next says what is wrong if nothing ever does. */
export async function untilOpen(place: Place): Promise<void> {
  const deadlineMs = performance.now() + openDeadlineMs
  const isOpen = () =>
    ask(place, '/').then(
      () => true,
      () => false,
    )
  while (!(await isOpen()) && performance.now() < deadlineMs) await sleep(200)
}
