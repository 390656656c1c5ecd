import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { archivesOf } from '../../functions/backup/archive-names.ts'

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
  const archives = archivesOf(target, readdirSync(folder))
  const old = archives.slice(0, Math.max(0, archives.length - keep))
  for (const name of old) rmSync(join(folder, name))
  return old
}
