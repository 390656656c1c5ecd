import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { unreachableEnvironment } from '../functions/shared/testing/unreachable-environment.ts'

/**
 * `node scripts/warm-up.ts dist/posts/cached.cjs`: starts a function that reaches neither Postgres nor Redis, sends it
 * what a wake brings, and ends it, whereupon it writes its code cache. The image build runs it on the bundled function.
 */
const [file = ''] = process.argv.slice(2)
const json = { 'content-type': 'application/json' }
const requests: readonly (readonly [path: string, init?: RequestInit])[] = [
  ['/healthz'],
  ['/posts/a-post'],
  ['/posts'],
  ['/profile/somebody'],
  [
    '/auth/login',
    { method: 'POST', headers: json, body: '{"email":"a@example.test","password":"a long walk"}' },
  ],
  ['/auth/refresh', { method: 'POST', headers: json, body: `{"refreshToken":"${'A'.repeat(43)}"}` }],
]
/** What was compiled in the first round is run in the second, when it is no longer the first request. */
const rounds = 2

const child = spawn(process.execPath, [file, '--write-code-cache'], {
  env: { ...process.env, ...unreachableEnvironment() },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const exited = once(child, 'exit')
const origin = `http://127.0.0.1:${await listeningPort()}`
for (let round = 0; round < rounds; round++) {
  for (const [path, init] of requests) await (await fetch(origin + path, init)).arrayBuffer()
}
child.kill('SIGTERM')
const [code] = await exited
process.exitCode = code === 0 ? 0 : 1

async function listeningPort(): Promise<number> {
  for await (const line of createInterface(child.stdout)) {
    const { message, port } = JSON.parse(line)
    if (message === 'listening') {
      child.stdout.resume()
      return port
    }
  }
  throw new Error(`${file} ended before it listened`)
}
