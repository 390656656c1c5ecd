// What is made from the registry for the one process that serves every function: knative/components/together.
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import {
  environmentOf,
  secretVariablesOf,
  type Target,
  type Variables,
} from '../../functions/environment-of.ts'
import { functions } from '../../functions/registry.ts'
import { processName, variablePrefix } from '../../functions/shared/together.ts'

const folder = join(import.meta.dirname, '../../functions')

/** The program of the process. */
export const togetherProgram = (): string =>
  [
    `import { member, startTogether } from '${folder}/shared/together.ts'`,
    ...functions.map(({ name }, n) => `import { readConfig as read${n} } from '${folder}/${name}/config.ts'`),
    'startTogether(',
    ...functions.map(({ name, otherPaths }, n) => {
      const prefixes = JSON.stringify([`/${name}`, ...otherPaths])
      return `  member({ name: '${name}', prefixes: ${prefixes}, readConfig: read${n}, load: () => import('${folder}/${name}/compose.ts') }),`
    }),
    ')',
    '',
  ].join('\n')

/** Lets esbuild bundle the program under the name of the process, without a file of it. */
export const togetherPlugin: Plugin = {
  name: processName,
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${processName}$`) }, ({ path }) => ({ path, namespace: path }))
    build.onLoad({ filter: /^/, namespace: processName }, () => ({
      contents: togetherProgram(),
      loader: 'ts',
      resolveDir: folder,
    }))
  },
}

/** The environment of the process: what the functions share as it is, and the rest under their names. */
export const togetherEnvironment = (target: Target): Variables =>
  Object.fromEntries(
    functions.flatMap(definition => {
      const secret = secretVariablesOf(definition)
      return Object.entries(environmentOf(definition, target)).map(([variable, value]) => [
        secret.includes(variable) ? `${variablePrefix(definition.name)}${variable}` : variable,
        value,
      ])
    }),
  )
