// kubectl as a script that passes each call on to the test, and the API that `kubectl proxy` leads to.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createSocketServer, type Server, type Socket } from 'node:net'
import { listen } from '../services/free-port.ts'

export interface Call {
  readonly args: readonly string[]
  readonly input: string
}

export class ScriptedKubectl implements AsyncDisposable {
  readonly #api: Server
  readonly #calls: Server
  readonly #ports: Promise<readonly [api: number, calls: number]>
  /** Whether it is a cluster of `make up`, as ENVIRONMENT=kind requires. */
  isMadeByMakeUp = true

  /** `get` responds to requests of the API, `answer` to calls; what it throws is the failure of the call. */
  constructor(get: (path: string) => string, answer: (call: Call) => string) {
    this.#api = createServer((request, response) => void response.end(get(request.url ?? '')))
    this.#calls = createSocketServer(socket =>
      serve(socket, call => (this.#isMarkRead(call) ? mark : answer(call))),
    )
    this.#ports = Promise.all([listen(this.#api), listen(this.#calls)])
  }

  #isMarkRead = ({ args }: Call) => this.isMadeByMakeUp && args[0] === 'get' && args[2] === 'made-by-make-up'

  /** The variables that `kubectlScript` reads. */
  async environment() {
    const [apiPort, callPort] = await this.#ports
    return { API_PORT: String(apiPort), CALL_PORT: String(callPort) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ports
    for (const server of [this.#api, this.#calls]) {
      server.close()
      await once(server, 'close')
    }
  }
}

/** What kind/cluster.sh leaves in the namespace kube-system. */
const mark = JSON.stringify({ metadata: { name: 'made-by-make-up' } })

function serve(socket: Socket, answer: (call: Call) => string): void {
  let received = ''
  // A killed command is gone.
  socket.on('error', () => undefined)
  socket.setEncoding('utf8').on('data', chunk => {
    received += chunk
    if (!received.endsWith(end)) return
    const words = received.split('\0')
    try {
      socket.end(`0\n${answer({ args: words.slice(0, -2), input: words.at(-2) ?? '' })}`)
    } catch (error) {
      socket.end(`1\n${error}`)
    }
  })
}

/** The end of a call. */
const end = '\0END\n'

/** Passes each call on: its arguments and its input, each followed by a NUL. */
export const kubectlScript = `exec /bin/bash -c '
if [ "$1" = proxy ]; then echo "Starting to serve on 127.0.0.1:$API_PORT"; exec /bin/sleep 600; fi
exec 3<>"/dev/tcp/127.0.0.1/$CALL_PORT"
printf "%s\\0" "$@" "$(/bin/cat)" >&3
printf "END\\n" >&3
IFS= read -r code <&3
if [ "$code" = 0 ]; then /bin/cat <&3; else /bin/cat <&3 >&2; fi
exit "$code"' kubectl "$@"`
