import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import * as v from 'valibot'

/** Licences that permit redistribution in another form together with their text. */
const allowedLicences = [
  'MIT',
  'MIT-0',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Unlicense',
]
const licenceFile = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i

const Package = v.object({ name: v.string(), version: v.string(), license: v.string() })

export const readPackage = (folder: string) =>
  v.parse(v.pipe(v.string(), v.parseJson(), Package), readFileSync(join(folder, 'package.json'), 'utf8'))

/**
 * Returns the licence texts of every package in the bundles of an image. Throws for a package whose licence is not
 * allowed, or that has no licence text.
 */
export function noticesOf(metafiles: readonly Metafile[], root: string): string {
  const notices = packageFolders(metafiles).map(folder => noticeOf(join(root, folder), root))
  return `${['This image contains IOD Functions (Apache-2.0) and these packages.', ...notices].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

/** The folders of the packages in the bundles. */
export const packageFolders = (metafiles: readonly Metafile[]): readonly string[] =>
  [...new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs).flatMap(packageFolder)))].sort()

/** `node_modules/a/node_modules/@b/c/d.js` → `node_modules/a/node_modules/@b/c`; none for our own files. */
function packageFolder(path: string): readonly string[] {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)
  return found?.[1] === undefined ? [] : [found[1]]
}

function noticeOf(folder: string, root: string): string {
  const { name, version, license } = readPackage(folder)
  if (!allowedLicences.includes(license)) throw new Error(`${name} ${version} has the licence ${license}`)
  // The text of this licence names no author, and is that of our own.
  const own = license === 'Apache-2.0' ? [readFileSync(join(root, 'LICENSE'), 'utf8').trim()] : []
  const found = licenceTexts(folder)
  const texts = found.length > 0 ? found : own
  if (texts.length === 0) throw new Error(`${name} ${version} has no licence text`)
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}

/** Returns its licence files, or else the licence section of its README. */
function licenceTexts(folder: string): readonly string[] {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8').trim()
  const files = readdirSync(folder).sort()
  const texts = files.filter(file => licenceFile.test(file)).map(read)
  if (texts.length > 0) return texts
  return files
    .filter(file => /^readme\.md$/i.test(file))
    .flatMap(file => /^#+ *licen[cs]e\s+([\s\S]*Copyright[\s\S]*)/im.exec(read(file))?.[1] ?? [])
}
