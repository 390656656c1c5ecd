import { renameSync, writeFileSync } from 'node:fs'

/** Readers of the file never see half of it, and a stopped command leaves the one before. Only its owner may read it. */
export function replaceFile(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
