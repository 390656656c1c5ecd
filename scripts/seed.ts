import { dataFolder } from './dev/data-folder.ts'
import { readEnvironment } from './dev/environment.ts'
import { seed } from './seed/run.ts'
import { sizeOf } from './seed/statements.ts'

const tell = (line: string) => void process.stdout.write(`${line}\n`)

/** `make seed SIZE=10000`: fills the database of a running `make dev`. */
async function main(): Promise<void> {
  const posts = Number(process.argv[2] ?? '10000')
  if (!Number.isInteger(posts) || posts < 100 || posts > 5_000_000) {
    throw new Error('SIZE is the number of posts, from 100 to 5000000.')
  }
  const { DATABASE_URL } = readEnvironment(dataFolder, 'migrate')
  await seed(DATABASE_URL ?? '', sizeOf(posts), tell)
  const seconds = Math.round(performance.now() / 1_000)
  tell(`${posts} posts in ${seconds} s. The accounts seed-0, seed-1, … have no password.`)
}

main().catch((error: unknown) => {
  const isAway =
    error instanceof Error && 'code' in error && /^(?:ECONNREFUSED|ENOENT)$/.test(String(error.code))
  const reason = isAway ? 'Run `make dev` in another terminal first: it runs the database.' : String(error)
  process.stderr.write(`${reason.replace(/^Error: /, '')}\n`)
  process.exitCode = 1
})
