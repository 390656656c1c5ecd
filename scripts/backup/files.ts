import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const ending = '.tar.zst'
const archiveName = /^iod-.+-\d{8}T\d{6}Z\.tar\.zst$/

/** `iod-<target>-20261125T093000Z.tar.zst`: names sort by time. */
export const archiveNameOf = (target: string, time: Date): string =>
  `iod-${target}-${time.toISOString().replaceAll(/[-:]|\.\d+/g, '')}${ending}`

/** The file that is written to: under another name until it is whole. */
export function draftOf(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return join(folder, `${name}.partial`)
}

export function complete(draft: string): string {
  const file = draft.replace(/\.partial$/, '')
  renameSync(draft, file)
  return file
}

/** Removes the oldest archives of this target beyond the newest `keep`. Returns the names of those that went. */
export function prune(folder: string, target: string, keep: number): readonly string[] {
  const start = `iod-${target}-`
  const archives = readdirSync(folder)
    .filter(name => archiveName.test(name) && name.startsWith(start))
    .filter(name => /^\d{8}T/.test(name.slice(start.length)))
    .sort()
  const old = archives.slice(0, Math.max(0, archives.length - keep))
  for (const name of old) rmSync(join(folder, name))
  return old
}
