/** How long an anonymous reader may be shown what this process has just shown another. */
const recentMs = 250
/** More than one process answers often in that time; the oldest goes first. */
const maxEntries = 1_000

/** The last answers of this process, for those who sent no token: no look into Redis, no waiting. */
export class Recent<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly untilMs: number }>()
  #changes = 0

  find(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (performance.now() < entry.untilMs) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  /** Keeps what `load` gives, unless something is forgotten meanwhile: it may be of before that change. */
  async fill(key: string, load: () => Promise<Value>): Promise<Value> {
    const changes = this.#changes
    // From before the load: one that took long is of no use any more.
    const untilMs = performance.now() + recentMs
    const value = await load()
    if (changes !== this.#changes) return value
    const [oldest] = this.#entries.keys()
    if (this.#entries.size >= maxEntries && oldest !== undefined) this.#entries.delete(oldest)
    this.#entries.set(key, { value, untilMs })
    return value
  }

  /** Everything: a change of one post is a change of lists too, and all of it is loaded again within milliseconds. */
  forget(): void {
    this.#changes += 1
    this.#entries.clear()
  }
}
