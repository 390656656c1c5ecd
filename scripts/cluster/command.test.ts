import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { type CommandValue, run, splitCommand } from './command.ts'

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

test('a program that cannot be executed is named with the reason', async () => {
  const program = join(createTestFolder(), 'kubectl')
  writeFileSync(program, '', { mode: 0o600 })
  await expect(run`${program} get pods`).rejects.toThrow(`spawn ${program} EACCES`)
})
