import { styleText } from 'node:util'
import { CommandError } from '../cluster/command.ts'

/** What was asked for cannot work. Thrown before anything is changed; the message says what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

/** Runs a program that a person started: one line for what is wrong, and what a stopped one leaves behind. */
export async function program(main: () => Promise<void>, whenStopped: string): Promise<void> {
  const stop = () => {
    console.error(`\nStopped. ${whenStopped}`)
    process.exit(130)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    await main()
    process.exit()
  } catch (error) {
    if (error instanceof Refusal) console.error(`Refused: ${error.message}`)
    else if (error instanceof CommandError) console.error(`${error.message}\n\n${error.output.trim()}`)
    else console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}

const startMs = performance.now()

/** One line with the seconds since the start, as `make up` prints them. */
export function say(text: string): void {
  console.log(
    `[${Math.round((performance.now() - startMs) / 1000)
      .toString()
      .padStart(4)} s] ${text}`,
  )
}

/** What is going to happen, before it does. */
export function sayPlan(title: string, steps: readonly string[]): void {
  console.log(styleText('bold', title))
  for (const [index, step] of steps.entries()) console.log(`  ${index + 1}. ${step}`)
}

/** A value that make passed on: FUNCTION=posts. An empty one counts as none. */
export function given(name: string): string | undefined {
  const value = process.env[name]
  return value === undefined || value === '' ? undefined : value
}

export function givenNumber(name: string, otherwise: number, minimum: number, maximum: number): number {
  const value = given(name)
  if (value === undefined) return otherwise
  const number = Number(value)
  if (!Number.isFinite(number) || number < minimum || number > maximum)
    throw new Refusal(`${name} is a number from ${minimum} to ${maximum}, not ${value}.`)
  return number
}
