import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { newSigningKey } from '../secrets/signing-keys.ts'
import { findFreePort, isPortFree } from '../services/free-port.ts'
import { type Dev, refusedDev, startDev } from './test-dev.ts'
import { parseHttpFile, type ReceivedResponse, resolveReferences } from './test-http-file.ts'

// One `make dev` in its own folder; each test leaves it running for the next.
const folder = createTestFolder()
const data = join(folder, 'data')
const port = await findFreePort()
const startTimeoutMs = 60_000

const start = (dataFolder: string) => startDev({ dataFolder, port })
const refusal = (dataFolder: string) => refusedDev({ dataFolder, port })

let dev: Dev
beforeAll(async () => {
  dev = await start(data)
}, startTimeoutMs)
afterAll(() => dev.kill('SIGKILL'))

async function paste(...lines: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', lines.join('\n')])
  return stdout
}

/** Command lines that contain the folder: those of the servers, their supervisors and the functions. */
const processesOf = (path: string): readonly string[] =>
  execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(path))

const profileStatus = `curl -so /dev/null -w '%{http_code}' http://localhost:${port}/profile -H "authorization: Bearer $TOKEN"`

test('prints three lines that work when pasted once and twice', async () => {
  expect(dev.examples).toHaveLength(3)
  for (const pasted of [1, 2]) {
    const [post = '', list = ''] = (await paste(...dev.examples)).trim().split('\n')
    expect(JSON.parse(post)).toMatchObject({ title: 'Hello', status: 'published' })
    const { items } = JSON.parse(list)
    expect(items).toHaveLength(pasted)
    expect(items[0]).toMatchObject({ id: JSON.parse(post).id, title: 'Hello' })
    // Names contain the second.
    const second = () => Math.floor(Date.now() / 1_000)
    const pastedAt = second()
    await vi.waitUntil(() => second() > pastedAt, 2_000)
  }
})

test('every call of docs/api.http succeeds, in its order', async () => {
  const file = readFileSync(join(import.meta.dirname, '../../docs/api.http'), 'utf8')
  const host = `http://localhost:${port}`
  const responses = new Map<string, ReceivedResponse>()
  for (const { title, name, method, url, headers, body } of parseHttpFile(file)) {
    const resolve = (text: string) => resolveReferences(text, host, responses)
    const response = await fetch(resolve(url), {
      method,
      headers: Object.entries(headers).map(([header, value]): [string, string] => [header, resolve(value)]),
      ...(body !== undefined && { body: resolve(body) }),
    })
    const text = await response.text()
    expect(response.ok, `${title}: ${response.status} ${text}`).toBe(true)
    if (name !== undefined) responses.set(name, { headers: response.headers, body: JSON.parse(text) })
  }
  expect(responses.size).toBeGreaterThan(4)
})

test('a path that no function serves gets a problem document', async () => {
  const response = await fetch(`http://localhost:${port}/nothing`)
  expect(response.status).toBe(404)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await response.json()).toMatchObject({ code: 'not_found', instance: '/nothing' })
})

test.each([
  ['no Host', '', 400],
  ['two Hosts', 'host: a\r\nhost: b\r\n', 400],
  ['header fields of 20 kB', `host: a\r\nx: ${'a'.repeat(20_000)}\r\n`, 431],
  ['another expectation', 'host: a\r\nexpect: miracles\r\n', 417],
])('%s is answered as a function in a container does', async (_, fields, status) => {
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET /posts HTTP/1.1\r\nconnection: close\r\n${fields}\r\n`)
  const answer = await text(socket)
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(answer).toContain('content-type: application/problem+json')
  expect(answer).toContain("content-security-policy: default-src 'none'")
})

test('a second start in the same folder is refused', async () => {
  const { code, text: message } = await refusal(data)
  expect(code).toBe(1)
  expect(message).toMatch(/^`make dev` already runs in this folder \(process \d+\): .*\n$/)
})

test('a port in use is named, and how to choose another', async () => {
  const { code, text: message } = await refusal(join(folder, 'other'))
  expect(code).toBe(1)
  expect(message).toBe(
    `Port ${port} is in use or not allowed: stop what uses it, or choose another with \`PORT=${port + 1} make dev\`.\n`,
  )
})

test(
  'restarts after kill -9 with its data',
  async () => {
    const [register = ''] = dev.examples
    const token = await paste(register, 'echo $TOKEN')
    await dev.kill('SIGKILL')
    dev = await start(data)
    expect(await paste(`TOKEN=${token.trim()}`, profileStatus)).toBe('200')
  },
  startTimeoutMs,
)

test('tells when the functions have ended by themselves', async () => {
  const [functions = ''] = processesOf(data).filter(line => line.includes('apps.ts'))
  process.kill(Number.parseInt(functions, 10), 'SIGKILL')
  await vi.waitFor(() => expect(dev.output).toContain('The functions have stopped'), 10_000)
})

test('Ctrl-C stops everything', async () => {
  expect(await dev.kill('SIGINT')).toBe(0)
  expect(processesOf(data)).toEqual([])
  expect(await isPortFree(port)).toBe(true)
})

test('ports that cannot be read are chosen again, and a full disk keeps a log from being written, not from starting', async () => {
  writeFileSync(join(data, 'ports.json'), '')
  rmSync(join(data, 'postgres.log'))
  symlinkSync('/dev/full', join(data, 'postgres.log'))
  dev = await start(data)
  expect(dev.output).toContain('postgres.log is not written: ENOSPC')
  expect(await dev.kill('SIGINT')).toBe(0)
})

const broken = [
  {
    fault: 'a file at its path',
    make: (path: string) => writeFileSync(path, ''),
    message: /cannot be used/,
  },
  {
    fault: 'no space left',
    make: (path: string) => {
      mkdirSync(path)
      symlinkSync('/dev/full', join(path, 'dev.pid'))
    },
    message: /no space left for .*: free some/,
  },
  {
    fault: 'damaged secrets',
    make: (path: string) => {
      mkdirSync(path)
      writeFileSync(join(path, 'secrets.json'), '{')
    },
    message: /secrets.json is damaged: remove .* to start afresh/,
  },
  {
    fault: 'a database whose password is lost',
    make: (path: string) => {
      mkdirSync(join(path, 'postgres'), { recursive: true })
      writeFileSync(join(path, 'postgres', 'PG_VERSION'), '18\n')
    },
    message: /secrets.json is missing/,
  },
  {
    fault: 'a database of another major version',
    make: (path: string) => {
      mkdirSync(join(path, 'postgres'), { recursive: true })
      writeFileSync(
        join(path, 'secrets.json'),
        JSON.stringify({ root: 'r'.repeat(43), signingKey: newSigningKey() }),
      )
      writeFileSync(join(path, 'postgres', 'PG_VERSION'), '17\n')
    },
    message:
      /was made by PostgreSQL 17 and this is 18: `make backup` of a checkout with 17 saves what is in it/,
  },
]

test.each(broken)('a data folder with $fault is refused in one line', async ({ fault, make, message }) => {
  const path = join(folder, fault.replaceAll(' ', '-'))
  make(path)
  const outcome = await refusal(path)
  expect(outcome.code).toBe(1)
  expect(outcome.text).toMatch(message)
  expect(outcome.text.trim().split('\n')).toHaveLength(1)
  expect(processesOf(path)).toEqual([])
})
