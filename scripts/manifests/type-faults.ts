import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError, execute, root } from '../cluster/command.ts'
import { type Json, text } from './json.ts'
import { nameOf } from './rules.ts'

const tsconfig = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    types: [],
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  },
  files: ['objects.ts'],
}

/**
 * Returns the faults that the TypeScript compiler finds when each object is written as a literal of its kind's type:
 * unknown members, wrong types, missing members, and kinds without a type. A start of the compiler costs more than many
 * objects: pass all there are.
 */
export async function typeFaults(objects: readonly Json[]): Promise<readonly string[]> {
  // Inside the checkout, where the compiler finds the packages.
  mkdirSync(join(root, '.data'), { recursive: true })
  using temporary = mkdtempDisposableSync(join(root, '.data', 'manifests-'))
  const folder = temporary.path
  const lines = objects.map((object, n) => `const o${n}: Kinds['${kindOf(object)}'] = ${literal(object)}`)
  const importKinds = "import type { Kinds } from '../../scripts/manifests/kinds.ts'"
  writeFileSync(join(folder, 'objects.ts'), [importKinds, ...lines, ''].join('\n'))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  return faultsIn(await compile(folder), objects)
}

const kindOf = (object: Json) => `${text(object, 'apiVersion')} ${text(object, 'kind')}`

/** One line of TypeScript. U+2028 and U+2029 end a line there and not in JSON. */
const literal = (object: Json) =>
  JSON.stringify(object).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')

/** What the compiler prints; a non-zero exit code stands for faults in the objects. */
const compile = (folder: string) =>
  execute(join(root, 'node_modules/typescript-7/bin/tsc'), ['--project', folder, '--pretty', 'false']).catch(
    (error: unknown) => {
      if (error instanceof CommandError) return error.output
      throw error
    },
  )

function faultsIn(output: string, objects: readonly Json[]): readonly string[] {
  const faults = [...output.matchAll(/^\S*?objects\.ts\((\d+),\d+\): error TS\d+: (.*)$/gm)].map(
    ([, line, message]) => {
      const object = objects[Number(line) - 2]
      return `${object === undefined ? 'import' : nameOf(object)}: ${message}`
    },
  )
  if (faults.length === 0 && output.trim() !== '') throw new Error(output)
  return faults
}
