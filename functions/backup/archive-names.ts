const ending = '.tar.zst'

/** `iod-<target>-20261125T093000Z.tar.zst`: names sort by time. */
export const archiveNameOf = (target: string, time: Date): string =>
  `iod-${target}-${time.toISOString().replaceAll(/[-:]|\.\d+/g, '')}${ending}`

/** Returns the archives of this target among the names, oldest first, and nothing else. */
function archivesOf(target: string, names: readonly string[]): readonly string[] {
  const start = `iod-${target}-`
  return names
    .filter(name => name.startsWith(start) && /^\d{8}T\d{6}Z\.tar\.zst$/.test(name.slice(start.length)))
    .sort()
}

/**
 * Returns the archives that go: the oldest beyond the newest `keep`. The one that was just written stays, as if it were the
 * newest: by its name it may be old, where the clock is behind.
 */
export function replacedArchives(
  target: string,
  names: readonly string[],
  written: string,
  keep: number,
): readonly string[] {
  const others = archivesOf(target, names).filter(name => name !== written)
  return others.slice(0, Math.max(0, others.length + 1 - keep))
}

export interface Retention {
  /** The newest ones, which stay whatever their age. */
  readonly keep: number
  /** Older ones than this go. */
  readonly days: number
}

/** Returns the archives that go: those beyond the newest `keep` that are older than `days`. */
export function expiredArchives(
  target: string,
  names: readonly string[],
  { keep, days }: Retention,
  now: Date,
): readonly string[] {
  const oldest = archiveNameOf(target, new Date(now.getTime() - days * 86_400_000))
  return archivesOf(target, names)
    .slice(0, -keep)
    .filter(name => name < oldest)
}
