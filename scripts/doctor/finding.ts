/** Something that was checked: right, or wrong with the way to correct it. */
export interface Finding {
  readonly what: string
  /** Undefined when nothing is wrong. */
  readonly fault?: string
  readonly remedy?: string
}

export const right = (what: string): Finding => ({ what })
export const wrong = (what: string, fault: string, remedy: string): Finding => ({ what, fault, remedy })
export const finding = (what: string, isRight: boolean, fault: string, remedy: string): Finding =>
  isRight ? right(what) : wrong(what, fault, remedy)
