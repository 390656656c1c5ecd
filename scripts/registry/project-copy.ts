import { execFile, execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { readMigrations } from '../../functions/migrate/migrations.ts'

const root = join(import.meta.dirname, '..', '..')
const fixture = join(import.meta.dirname, 'media')

/** Copies the files of the project into a temporary folder, with the same packages. */
export function copyProject(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'iod-media-')))
  const options = { cwd: root, encoding: 'utf8' as const }
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], options)
  for (const path of files.split('\n')) {
    if (path !== '' && existsSync(join(root, path))) cpSync(join(root, path), join(folder, path))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Adds the function `media`; returns the paths it has written, each of which a person would write. */
export function addMedia(folder: string): readonly string[] {
  const number = Math.max(...readMigrations(join(folder, 'functions')).map(migration => migration.number)) + 1
  const written = readdirSync(fixture, { recursive: true, encoding: 'utf8' })
    .filter(path => /\.(?:ts|sql|yaml)$/.test(path))
    .map(path => {
      const target = targetOf(path, number)
      cpSync(join(fixture, path), join(folder, target))
      // The fixture is type-checked where it lies, two folders deeper.
      const text = readFileSync(join(folder, target), 'utf8').replaceAll('../../../functions/', '../')
      writeFileSync(join(folder, target), text)
      return target
    })
  const registry = join(folder, 'functions/registry.ts')
  const line = "  (await import('./media/function.ts')).media,\n"
  writeFileSync(registry, readFileSync(registry, 'utf8').replace('] as const', `${line}] as const`))
  return [...written, 'functions/registry.ts'].toSorted()
}

function targetOf(path: string, number: number): string {
  if (path === 'service.yaml') return 'knative/functions/media.yaml'
  if (!path.endsWith('.sql')) return join('functions/media', path)
  const name = path.slice(dirname(path).length + 1)
  return `functions/media/migrations/${String(number).padStart(4, '0')}-${name}`
}

/** Runs a program of the project in the copy; returns what it prints. */
export async function run(folder: string, ...command: readonly string[]): Promise<string> {
  const [program = '', ...parameters] = command
  const path = `${join(folder, 'node_modules/.bin')}:${process.env['PATH']}`
  const options = { cwd: folder, env: { ...process.env, PATH: path }, maxBuffer: 2 ** 24 }
  const { stdout } = await promisify(execFile)(program, parameters, options)
  return stdout
}
