import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { root } from '../cluster/command.ts'
import { fromYaml, nameOf } from '../cluster/kubectl.ts'
import { record } from '../manifests/json.ts'
import { keptOverlays, readRendered } from '../manifests/rendered.ts'
import { secretsReferredTo } from '../manifests/secret-references.ts'
import { secondLists } from '../registry/second-lists.ts'
import { ownerUser, redisUsers } from '../services/redis-users.ts'

/** `pg_get_keywords()` of categories R and T, which no schema can be named; a test compares. */
export const sqlReserved =
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check
collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema
current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign
freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
returning right select session_user similar some symmetric system_user table tablesample then to trailing true union
unique user using variadic verbose when where window with`.split(/\s+/)

/** Names in the sources of every function, paths of the host and of the demo's pictures, of every machine, and of globals. */
const taken = [
  ...['variables', 'functions', 'public', 'docs', 'healthz', 'metrics', 'together'],
  ...['demo', 'localhost', 'undefined', 'constructor', 'escape', 'unescape'],
]

/** Returns why a new function cannot have this name, or undefined. */
export function nameFault(name: string): string | undefined {
  if (!/^[a-z][a-z0-9]{1,19}$/.test(name))
    return 'a name is 2 to 20 lower-case letters and digits, and begins with a letter'
  if (existsSync(join(root, 'functions', name))) return `functions/${name} exists already`
  if (readdirSync(join(root, 'knative/functions')).includes(`${name}.yaml`))
    return `knative/functions/${name}.yaml exists already`
  if (!isIdentifier(name)) return `${name} is a reserved word of JavaScript`
  if (sqlReserved.includes(name)) return `${name} is reserved by PostgreSQL`
  if (taken.includes(name) || isUsed(name)) return `${name} is the name of something else here`
  // The test of second lists would report these files, since it cannot tell a word from a function.
  const [file] = secondLists(name)
  return file && `${file} uses ${name} as a word, next to the name of a function`
}

/** As in a module, where `await` is a word too. */
function isIdentifier(name: string): boolean {
  try {
    return new Script(`'use strict'; async () => { const ${name} = 0 }`) instanceof Script
  } catch {
    return false
  }
}

/** A function's Service, Secret and container have its name; its role and its Redis user have it after `iod_`. */
const isUsed = (name: string): boolean =>
  [...redisUsers, ownerUser].some(user => user === `iod_${name}`) ||
  containerNames().includes(name) ||
  keptOverlays.map(readRendered).some(objects => {
    return objects.some(object => nameOf(object) === name) || secretsReferredTo(objects).includes(name)
  })

const containerNames = (): readonly string[] =>
  fromYaml(readFileSync(join(root, 'compose.yaml'), 'utf8')).flatMap(file =>
    Object.keys(record(file, 'services')),
  )
