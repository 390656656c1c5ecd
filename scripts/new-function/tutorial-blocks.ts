export type TutorialBlock =
  | { readonly kind: 'shell'; readonly line: number; readonly code: string }
  | { readonly kind: 'diff'; readonly line: number; readonly code: string }
  | { readonly kind: 'file' | 'rows'; readonly line: number; readonly code: string; readonly path: string }

const fence = /^(?:<!-- (?<kind>file|rows): (?<path>\S+) -->\s*\n)?```(?<language>\w+)\n(?<code>.*?)^```$/gms

/** What a reader of the tutorial types, in order: commands, changes of files, whole files, and rows of a table. */
export const tutorialBlocks = (markdown: string): readonly TutorialBlock[] =>
  [...markdown.matchAll(fence)].map(({ 0: whole, index, groups = {} }) => {
    const { kind, path = '', language, code = '' } = groups
    const line = markdown.slice(0, index + whole.indexOf('```')).split('\n').length
    if (kind === 'file' || kind === 'rows') return { kind, line, code, path }
    if (language === 'sh') return { kind: 'shell', line, code }
    if (language === 'diff') return { kind: 'diff', line, code }
    throw new Error(`line ${line}: a block of ${language} that names no file`)
  })
