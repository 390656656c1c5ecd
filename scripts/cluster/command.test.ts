import { expect, test } from 'vitest'
import { type CommandValue, splitCommand } from './command.ts'

const split = (strings: TemplateStringsArray, ...values: CommandValue[]) => splitCommand(strings, values)

test('a command splits at the spaces of its text, never at those of a value', () => {
  const hostile = "a b; rm -rf / '\n"
  expect(split`annotate revision ${hostile} --note=${hostile}!`).toEqual([
    ...['annotate', 'revision', hostile, `--note=${hostile}!`],
  ])
})

test('a list becomes one argument each, an empty one none, and an empty value stays an argument', () => {
  expect(split`  wait ${['--all', 'a b']} ${[]} --timeout=${30}s ${''} `).toEqual([
    ...['wait', '--all', 'a b', '--timeout=30s', ''],
  ])
})
