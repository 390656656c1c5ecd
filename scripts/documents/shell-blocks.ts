import { type Fence, fencesOf } from './fences.ts'

export interface ShellBlock extends Pick<Fence, 'line' | 'code'> {
  /** `<!-- not run: … -->` above it. */
  readonly reason: string | undefined
  /** `<!-- run by FILE -->` above it, or `<!-- every block is run by FILE -->` in its document. */
  readonly runner: string | undefined
}

const forAll = /^<!-- every block is run by (\S+) -->$/m

/** The shell blocks of a Markdown document, with what is said about who runs them. */
export function shellBlocks(markdown: string): readonly ShellBlock[] {
  const common = forAll.exec(markdown)?.[1]
  return fencesOf(markdown)
    .filter(({ language }) => language === 'sh')
    .map(({ line, code, comment }) => ({
      ...{ line, code },
      reason: /^not run: (.*)/s.exec(comment)?.[1],
      runner: /^run by (\S+)/.exec(comment)?.[1] ?? common,
    }))
}

/** A fence without a language hides commands from the search above. */
export const untypedFences = (markdown: string): readonly number[] =>
  fencesOf(markdown).flatMap(({ line, language }) => (language === '' ? [line] : []))

/** Why a block is neither run nor excused; `read` returns the text of a file, or undefined if it does not exist. */
export function blockFault(
  { code, reason, runner }: ShellBlock,
  document: string,
  read: (file: string) => string | undefined,
): string | undefined {
  if (reason !== undefined) return reason.split(' ').length < 3 ? 'has no reason' : undefined
  if (runner === undefined) return walked.includes(document) ? undefined : 'is run by no test'
  const text = read(runner)
  if (text === undefined) return `names ${runner}, which does not exist`
  if (text.includes(document)) return undefined
  const targets = [...code.matchAll(/^make ([\w-]+)/gm)].map(([, target = '']) => target)
  const missing = targets.filter(target => !new RegExp(String.raw`(?<![\w-])${target}(?![\w-])`).test(text))
  if (targets.length === 0) return `names ${runner}, which does not read ${document}`
  return missing.length > 0 ? `names ${runner}, which does not run make ${missing.join(', ')}` : undefined
}

/** Whose unmarked blocks walk.e2e.ts runs, in this order, in a fresh clone. */
export const walked: readonly string[] = ['README.md', 'docs/accounts.md', 'docs/data-model.md']
