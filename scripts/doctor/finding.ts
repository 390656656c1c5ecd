/** Something that was looked at: right, or wrong with the way to put it right. */
export interface Finding {
  readonly what: string
  /** Undefined when it is as it should be. */
  readonly fault?: string
  readonly remedy?: string
}

export const right = (what: string): Finding => ({ what })
export const wrong = (what: string, fault: string, remedy: string): Finding => ({ what, fault, remedy })

/** Right or wrong by what was found: the common case of a check. */
export const finding = (what: string, isRight: boolean, fault: string, remedy: string): Finding =>
  isRight ? right(what) : wrong(what, fault, remedy)
