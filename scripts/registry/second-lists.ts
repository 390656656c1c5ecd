import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { functionNames } from '../../functions/registry.ts'
import { root } from '../cluster/command.ts'

const isCode = (path: string) =>
  /\.(?:ts|mts|js|json|sh|yaml|yml|env|ini|toml)$|(?:^|\/)(?:Makefile|Dockerfile|\.ci\/run)$/.test(path) &&
  !/^(?:docs|knative\/rendered|scripts\/dev\/demo)\/|^package(?:-lock)?\.json$/.test(path) &&
  !functionNames.some(name => path.startsWith(`functions/${name}/`))

/** Returns the files that name two functions, or those that name `added` and one function. */
export function secondLists(added?: string): readonly string[] {
  const command = ['ls-files', '--cached', '--others', '--exclude-standard']
  const paths = execFileSync('git', command, { cwd: root, encoding: 'utf8' }).split('\n')
  const names = added === undefined ? functionNames : [added, ...functionNames]
  return paths.filter(path => {
    if (!isCode(path) || !existsSync(join(root, path))) return false
    const named = functionsNamedIn(path, readFileSync(join(root, path), 'utf8'), names)
    return added === undefined ? named.length > 1 : named.length === 2 && named.includes(added)
  })
}

/**
 * Returns the functions that a file names one by one, as literals, paths or words of a list; two of them are a second
 * list, which a new function would have to be added to. A URL such as `/posts/tags` names a route and is none.
 */
export function functionsNamedIn(
  path: string,
  text: string,
  names: readonly string[] = functionNames,
): readonly string[] {
  const code = text.replaceAll(path.endsWith('.ts') ? tsComments : hashComments, '')
  return names.filter(name => patternsOf(name, path).some(pattern => pattern.test(code)))
}

const tsComments = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm
const hashComments = /(?<=^|\s)#.*$/gm

function patternsOf(name: string, path: string): readonly RegExp[] {
  const literal = new RegExp(`(['"\`])(?:iod[_-])?${name}\\1`)
  const folder = new RegExp(`functions/${name}\\b|['"]\\.{1,2}/(?:\\.\\./)*(?:functions/)?${name}/`)
  // A member of an object that lists by name: `iod_posts: …`.
  const role = new RegExp(`\\biod[_-]${name}\\b`)
  // In YAML, a shell or a Makefile, words need no quotes: `(auth posts)`, `[auth, posts]`, `posts:`.
  const word = new RegExp(`(?<=^|[\\s([,])${name}(?=$|[\\s,)\\]:])`, 'm')
  return path.endsWith('.ts') ? [literal, folder, role] : [literal, folder, role, word]
}
