import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Json } from '../manifests/json.ts'
import { clusterEnvironment } from './command.ts'

/** The API server by plain HTTP, for many small questions: one kubectl that stays instead of one for each. */
export interface ApiProxy {
  text(path: string): Promise<string>
  json(path: string): Promise<Json>
  close(): void
}

const answerTimeoutMs = 5_000

export function openApiProxy(): Promise<ApiProxy> {
  const child = spawn('kubectl', ['proxy', '--port=0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...clusterEnvironment() },
  })
  process.once('exit', () => child.kill())
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => reject(new Error(`kubectl proxy: ${Buffer.concat(errors).toString().trim()}`)))
    createInterface(child.stdout).once('line', line => {
      const origin = `http://${/[\d.]+:\d+/.exec(line)?.[0]}`
      const text = async (path: string) => {
        const answer = await fetch(origin + path, { signal: AbortSignal.timeout(answerTimeoutMs) })
        const body = await answer.text()
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${body.slice(0, 200)}`)
        return body
      }
      resolve({ text, json: async path => JSON.parse(await text(path)), close: () => child.kill() })
    })
  })
}
