import { runCli } from '../cli/cli.ts'
import { type Options, text, UsageError, wholeNumberBetween } from '../cli/options.ts'
import { dataFolder } from '../dev/data-folder.ts'
import { readEnvironment } from '../dev/environment.ts'
import { seed } from './run.ts'

const optionSchemas = { SIZE: wholeNumberBetween(100, 5_000_000, 10_000), DATA_FOLDER: text }

/** `make seed SIZE=10000`: fills the database of a running `make dev`. */
async function main({ SIZE: posts }: Options<typeof optionSchemas>): Promise<void> {
  await fill(posts).catch((error: unknown) => {
    const isAway =
      error instanceof Error && 'code' in error && /^(?:ECONNREFUSED|ENOENT)$/.test(String(error.code))
    throw isAway ? new UsageError('run `make dev` in another terminal first: it runs the database.') : error
  })
  const seconds = Math.round(performance.now() / 1_000)
  console.log(`${posts} posts in ${seconds} s. The accounts seed-0, seed-1, … have no password.`)
}

async function fill(posts: number): Promise<void> {
  const { DATABASE_URL } = readEnvironment(dataFolder, 'migrate')
  await seed(DATABASE_URL ?? '', posts, console.log)
}

await runCli(optionSchemas, main)
