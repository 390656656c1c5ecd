import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../cluster/command.ts'

const types = readFileSync(join(root, 'functions/client/api.d.ts'), 'utf8')

/** Members of a type that say nothing: `bio?: unknown`. An object that allows more members than it names is none. */
const unknownMembers = (source: string) =>
  source
    .split('\n')
    .filter(
      line =>
        /\bunknown\b/.test(line) && !/^ *(?:\*|\/\*)/.test(line) && !/\[\w+: string\]: unknown;$/.test(line),
    )

test('no shape of the generated types is unknown', () => {
  expect(unknownMembers(types)).toEqual([])
  expect(unknownMembers('  readonly bio?: unknown;\n  readonly [name: string]: unknown;')).toHaveLength(1)
})
