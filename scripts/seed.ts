import { join } from 'node:path'
import { readEnvironment } from './dev/environment.ts'
import { seed } from './seed/run.ts'
import { sizeOf } from './seed/statements.ts'

/** `make seed SIZE=10000`: fills the database of a running `make dev`. */
const posts = Number(process.argv[2] ?? '10000')
if (!Number.isInteger(posts) || posts < 100 || posts > 5_000_000) {
  throw new Error('SIZE is the number of posts, from 100 to 5000000.')
}
const { DATABASE_URL } = readEnvironment(join(import.meta.dirname, '..', '.data'), 'migrate')
if (DATABASE_URL === undefined) throw new Error('There is no database yet: run `make dev` first.')

const tell = (line: string) => void process.stdout.write(`${line}\n`)
await seed(DATABASE_URL, sizeOf(posts), tell)
tell(
  `${posts} posts in ${Math.round(performance.now() / 1_000)} s. The accounts seed-0, seed-1, … have no password.`,
)
