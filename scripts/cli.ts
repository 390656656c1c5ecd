// What every command of this repository shares: its options, its progress lines and its last line when it fails.
import { styleText } from 'node:util'
import { CommandError } from './cluster/command.ts'

/** The request cannot work. Thrown before anything changes; the message names a remedy. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Runs a command and ends the process. `whenStopped` describes what an interrupted run leaves. */
export async function runCli(main: () => Promise<void>, whenStopped = ''): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      console.error(`\nStopped. ${whenStopped}`)
      process.exit(130)
    })
  try {
    await main()
    process.exit()
  } catch (error) {
    console.error(failureText(error))
    process.exit(1)
  }
}

function failureText(error: unknown): string {
  if (error instanceof UsageError) return `Refused: ${error.message}`
  if (error instanceof CommandError) return `${error.message}\n\n${error.output.trim()}`
  return error instanceof Error ? error.message : String(error)
}

/** `make up` passes on how long it has been running, so that its lines and those of the rollout form one sequence. */
const startMs = performance.now() - Number(readOption('ELAPSED_SECONDS') ?? 0) * 1_000

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

/** Returns an option as make passes it on, such as FUNCTION=posts; an empty one counts as absent. */
export function readOption(name: string): string | undefined {
  return process.env[name] || undefined
}

/** Returns whether an option is `yes`; absent, it is `no`. */
export function readSwitch(name: string): boolean {
  const value = readOption(name) ?? 'no'
  if (value !== 'yes' && value !== 'no') throw new UsageError(`${name} is yes or no, not ${value}.`)
  return value === 'yes'
}

export function readNumber(name: string, fallback: number, minimum: number, maximum: number): number {
  const value = readOption(name)
  if (value === undefined) return fallback
  const number = Number(value)
  if (number >= minimum && number <= maximum) return number
  throw new UsageError(`${name} is a number from ${minimum} to ${maximum}, not ${value}.`)
}
