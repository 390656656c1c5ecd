import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readMigrations } from '../../functions/migrate/migrations.ts'
import { root } from '../cluster/command.ts'

const template = join(import.meta.dirname, 'template')
const registry = 'functions/registry.ts'
const growth = 'docs/growth.md'
const endOfRegistry = '] as const\n'
const lastSection = '## Redis\n'

const line = (name: string) => `  (await import('./${name}/function.ts')).${name},\n`
const manifest = (name: string) => `knative/functions/${name}.yaml`

/**
 * Writes the sources of a new function: its folder, its manifest, a section of docs/growth.md and, at last, its line of the
 * registry, since a running `make dev` then starts it. Returns their paths.
 */
export function addFunction(name: string): readonly string[] {
  const number = Math.max(...readMigrations(join(root, 'functions')).map(migration => migration.number)) + 1
  const files = readdirSync(template, { recursive: true, encoding: 'utf8' }).filter(path =>
    /\.(?:ts|sql|yaml)$/.test(path),
  )
  const written = files.map(path => {
    const target = targetOf(path, name, number)
    cpSync(join(template, path), join(root, target))
    edit(target, text => renamed(text, name))
    return target
  })
  const section = renamed(readFileSync(join(template, 'growth.md'), 'utf8'), name)
  edit(growth, text => text.replace(lastSection, `${section}${lastSection}`))
  edit(registry, text => text.replace(endOfRegistry, `${line(name)}${endOfRegistry}`))
  return [...written, growth, registry].toSorted()
}

/**
 * Removes what `addFunction` wrote, what was added to its folder since, and its paragraph of .env.example. What tells that the
 * function was here, its function.ts, is left to `forgetFunction`.
 */
export function removeFunction(name: string): void {
  edit(registry, text => text.replace(line(name), ''))
  edit(growth, text => text.replace(new RegExp(`^## ${name}\\n.*?(?=^## )`, 'ms'), ''))
  edit('.env.example', text => text.replace(new RegExp(`^# ${name}\\n(?:.+\\n)*\\n`, 'm'), ''))
  const sources = readdirSync(join(root, 'functions', name)).filter(file => file !== 'function.ts')
  const others = [manifest(name), `dist/${name}`, `.data/${name}.env`]
  for (const path of [...sources.map(file => `functions/${name}/${file}`), ...others]) remove(path)
}

/** Called last, so that a removal that was stopped can be run again. */
export const forgetFunction = (name: string): void => remove(`functions/${name}`)

const remove = (path: string): void => rmSync(join(root, path), { recursive: true, force: true })

function targetOf(path: string, name: string, number: number): string {
  if (path.endsWith('.yaml')) return manifest(name)
  if (!path.endsWith('.sql')) return `functions/${name}/${path}`
  const file = renamed(basename(path), name)
  return `functions/${name}/migrations/${String(number).padStart(4, '0')}-${file}`
}

/** The template is type-checked where it lies, two folders deeper than a function, as one named `sample`. */
const renamed = (text: string, name: string) =>
  text
    .replaceAll('../../../functions/', '../')
    .replaceAll('sample', name)
    .replaceAll('Sample', `${name.charAt(0).toUpperCase()}${name.slice(1)}`)

function edit(path: string, change: (text: string) => string): void {
  const file = join(root, path)
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}
