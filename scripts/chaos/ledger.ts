// What the load has written, by what the API acknowledged.

export const writeKinds = ['post', 'comment', 'favorite', 'follow', 'account', 'session'] as const
export type WriteKind = (typeof writeKinds)[number]

/** One version of a post, as one reader received it. Times are of one clock, in milliseconds. */
export interface VersionRead {
  readonly reader: string
  readonly subject: string
  readonly version: number
  readonly sentMs: number
  readonly receivedMs: number
}

export interface VersionWrite {
  readonly subject: string
  readonly version: number
  readonly acknowledgedMs: number
}

export class Ledger {
  readonly #writes: ReadonlyMap<WriteKind, Set<string>>
  readonly versionReads: VersionRead[]
  readonly versionWrites: VersionWrite[]

  constructor(earlier?: Ledger) {
    this.#writes = new Map(writeKinds.map(kind => [kind, new Set(earlier?.acknowledged(kind))]))
    this.versionReads = [...(earlier?.versionReads ?? [])]
    this.versionWrites = [...(earlier?.versionWrites ?? [])]
  }

  /** A success was received: the write may never be lost. Writes without a response may exist or not. */
  acknowledge(kind: WriteKind, id: string): void {
    this.#writes.get(kind)?.add(id)
  }

  acknowledged(kind: WriteKind): ReadonlySet<string> {
    return this.#writes.get(kind) ?? new Set()
  }

  count(): number {
    return writeKinds.reduce((sum, kind) => sum + this.acknowledged(kind).size, this.versionWrites.length)
  }

  /** What was acknowledged by now: writes go on while the database is read. */
  snapshot(): Ledger {
    return new Ledger(this)
  }
}
