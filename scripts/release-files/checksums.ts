import { hash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes SHA256SUMS, which `sha256sum --check SHA256SUMS` reads. */
export function writeChecksums(folder: string): void {
  const lines = readdirSync(folder)
    .sort()
    .map(file => `${hash('sha256', readFileSync(join(folder, file)))}  ${file}\n`)
  writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''))
}
