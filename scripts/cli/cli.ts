// What every command of this repository shares: its progress lines and its last line when it fails.
import { styleText } from 'node:util'
import type * as v from 'valibot'
import { CommandError } from '../cluster/command.ts'
import { type Options, parseOptions, refuseUnknown, UsageError } from './options.ts'

/** As make passes the name of an option on its command line; any other argument is the command's own. */
const isOptionName = (word: string) => /^[A-Z][A-Z0-9_]*$/.test(word)

/**
 * Runs a command with its options and its other arguments, and ends the process. `whenStopped` describes what an interrupted
 * run leaves.
 */
export async function runCli<const Schemas extends v.ObjectEntries>(
  schemas: Schemas,
  main: (options: Options<Schemas>, words: readonly string[]) => Promise<void>,
  whenStopped = '',
): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      console.error(`\nStopped. ${whenStopped}`)
      process.exit(130)
    })
  try {
    const words = process.argv.slice(2)
    refuseUnknown(words.filter(isOptionName), schemas)
    await main(
      parseOptions(schemas),
      words.filter(word => !isOptionName(word)),
    )
    process.exit()
  } catch (error) {
    console.error(failureText(error))
    process.exit(1)
  }
}

function failureText(error: unknown): string {
  if (error instanceof UsageError) return `Refused: ${error.message}`
  const unreachable = unreachableText(error)
  if (unreachable !== undefined) return `Refused: ${unreachable}`
  if (error instanceof CommandError) return `${error.message}\n\n${error.output.trim()}`
  return error instanceof Error ? error.message : String(error)
}

const codes = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'ETIMEDOUT']

/** Describes an error about a server that does not respond; undefined for any other error. */
function unreachableText(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && codes.includes(String(error.code)))) return undefined
  // `localhost` is two addresses, and then the message is in the errors of both.
  const { message } = error instanceof AggregateError ? error.errors[0] : error
  return `the server does not respond (${message}). Start it, with \`make dev\` where it is that of make dev, or correct its address.`
}

/** `make up` passes on how long it has been running, so that its lines and those of the rollout form one sequence. */
const startMs = performance.now() - Number(process.env['ELAPSED_SECONDS'] ?? 0) * 1_000

/** Prints one line with the seconds since the start. */
export function log(text: string): void {
  const seconds = Math.round((performance.now() - startMs) / 1_000)
  console.log(`[${String(seconds).padStart(4)} s] ${text}`)
}

/** Prints what is about to happen. */
export function printPlan(title: string, steps: readonly string[]): void {
  console.log(styleText('bold', title))
  for (const [index, step] of steps.entries()) console.log(`  ${index + 1}. ${step}`)
}
