/** A fenced block of a Markdown document. */
export interface Fence {
  readonly line: number
  /** `sh`; empty where the fence names none. */
  readonly language: string
  readonly code: string
  /** The text of the comment above it, `<!-- … -->`; empty without one. */
  readonly comment: string
}

const fence = /^(?:<!-- (?<comment>(?:(?!-->).)*) -->\s*\n)?```(?<language>\w*)\n(?<code>.*?)^```$/gms

export const fencesOf = (markdown: string): readonly Fence[] =>
  [...markdown.matchAll(fence)].map(({ 0: whole, index, groups = {} }) => {
    const { comment = '', language = '', code = '' } = groups
    const line = markdown.slice(0, index + whole.indexOf('```')).split('\n').length
    return { line, language, code, comment }
  })

/** Returns the code of the blocks in one language. */
export const codeOf = (markdown: string, wanted: string): readonly string[] =>
  fencesOf(markdown).flatMap(({ language, code }) => (language === wanted ? [code] : []))
