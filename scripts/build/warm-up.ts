import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { WarmUpRequest } from '../../functions/definition.ts'
import type { WarmUpPlan } from './processes.ts'

/**
 * `node scripts/build/warm-up.ts dist/posts/cached.cjs dist/warm-up/posts.json`: starts a function that reaches neither
 * Postgres nor Redis, sends it the requests of its `warmUp` and stops it; it then writes its code cache. The image build
 * runs this on the bundled function. The second file is a `WarmUpPlan`.
 */
const [file = '', planFile = ''] = process.argv.slice(2)
const { environment, requests }: WarmUpPlan = JSON.parse(readFileSync(planFile, 'utf8'))
/** The second round runs the code that follows a first request. */
const rounds = 2

const child = spawn(process.execPath, [file, '--write-code-cache'], {
  env: { ...process.env, ...environment },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const exited = once(child, 'exit')
const origin = `http://127.0.0.1:${await listeningPort()}`
for (let round = 0; round < rounds; round++) {
  // Side by side, since each waits for a Postgres that is not there.
  await Promise.all(requests.map(send))
}
child.kill('SIGTERM')
const [code] = await exited
process.exitCode = code === 0 ? 0 : 1

async function send({ path, body }: WarmUpRequest): Promise<void> {
  await (await fetch(origin + path, body && post(body))).arrayBuffer()
}

function post(body: WarmUpRequest['body']): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

async function listeningPort(): Promise<number> {
  for await (const line of createInterface(child.stdout)) {
    const { message, port } = JSON.parse(line)
    if (message === 'listening') {
      child.stdout.resume()
      return port
    }
  }
  throw new Error(`${file} exited before it listened`)
}
