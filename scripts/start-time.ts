import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newSigningKey } from './signing-keys.ts'

/** Prints, for each function, process start → listening as a ratio to a bare CommonJS `node:http` server. */
const rounds = 20
const warmUpRounds = 2

const folder = mkdtempSync(join(tmpdir(), 'iod-start-'))
const bareServer = join(folder, 'bare.cjs')
writeFileSync(
  bareServer,
  `if (process.argv[2] === '--warm') process.exit()
require('node:http').createServer().listen(0, () => console.log('listening'))`,
)
const keysFile = join(folder, 'keys.json')
writeFileSync(keysFile, JSON.stringify({ keys: [newSigningKey()] }))

const secret = randomBytes(32).toString('base64url')
// Nothing listens on port 1 (tcpmux): the functions must be listening before they find that out.
const environment = {
  ...process.env,
  PORT: '0',
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  REDIS_URL: 'redis://127.0.0.1:1',
  PUBLIC_URL: 'http://localhost',
  JWKS_FILE: keysFile,
  JWT_SIGNING_KEYS_FILE: keysFile,
  PASSWORD_PEPPER: secret,
  CURSOR_SECRET: secret,
  NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
}

const bundle = (name: string) => join(import.meta.dirname, '..', 'dist', name, 'main.cjs')
const commands = new Map([
  ['bare', bareServer],
  ['auth', bundle('auth')],
  ['profile', bundle('profile')],
  ['posts', bundle('posts')],
])

/** Milliseconds from the spawn of the process to its first line, which says that it listens. */
function startMs(file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const begin = performance.now()
    const child = spawn(process.execPath, [file], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
    child.once('exit', code => reject(new Error(`${file} ended with ${code} before it listened`)))
    child.stdout.once('data', (line: Buffer) => {
      const elapsedMs = performance.now() - begin
      if (!line.includes('listening')) reject(new Error(`${file} said: ${line}`))
      child.removeAllListeners('exit').once('exit', () => resolve(elapsedMs))
      child.kill('SIGKILL')
    })
  })
}

function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

// As the image build does: the compile cache is written once, before the first start.
for (const file of new Set(commands.values()))
  execFileSync(process.execPath, [file, '--warm'], { env: environment })

const samples = new Map([...commands.keys()].map(name => [name, [] as number[]]))
try {
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    const order = round % 2 === 0 ? [...commands] : [...commands].reverse()
    for (const [name, file] of order) {
      const elapsedMs = await startMs(file)
      if (round >= 0) samples.get(name)?.push(elapsedMs)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const bareMedianMs = quantile(samples.get('bare') ?? [], 0.5)
console.log(`process start → listening, n = ${rounds} each, interleaved, Node ${process.version}`)
console.log('             median ms   p95 ms   ratio of medians to bare')
for (const [name, values] of samples) {
  const median = quantile(values, 0.5)
  const p95 = quantile(values, 0.95)
  const ratio = (median / bareMedianMs).toFixed(2)
  console.log(
    `  ${name.padEnd(10)} ${median.toFixed(1).padStart(9)} ${p95.toFixed(1).padStart(8)}   ${ratio}`,
  )
}
