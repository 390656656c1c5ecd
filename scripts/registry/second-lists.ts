import { functionNames } from '../../functions/registry.ts'

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
  // A member of an object, of which a list by name is made of: `iod_posts: …`.
  const role = new RegExp(`\\biod[_-]${name}\\b`)
  // In YAML, a shell or a Makefile, words need no quotes: `(auth posts)`, `[auth, posts]`, `posts:`.
  const word = new RegExp(`(?<=^|[\\s([,])${name}(?=$|[\\s,)\\]:])`, 'm')
  return path.endsWith('.ts') ? [literal, folder, role] : [literal, folder, role, word]
}
